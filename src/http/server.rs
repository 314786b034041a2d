//! The running server: built, then run until it is stopped.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::middleware::{Compress, Condition, DefaultHeaders, from_fn};
use actix_web::{App, HttpServer, web};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_actix_web::TracingLogger;
use utoipa_swagger_ui::SwaggerUi;

use super::observe::{self, RequestSpan, count, nowhere};
use super::state::{Pages, Web};
use super::{openapi, render, routes};
use crate::config::Config;
use crate::domain::actor::Caller;
use crate::ops::claims::clocks::run_claim_clocks;
use crate::ops::context::{Bank, Context};
use crate::ops::corrections::clocks::run_correction_clocks;
use crate::ops::couriers::Couriers;
use crate::ops::credentials::issue::start_issuer;
use crate::ops::error::OpError;
use crate::ops::events::publisher::prune_events;
use crate::ops::expiry::{expire_lots, warn_of_expiry};
use crate::ops::imports::upkeep::forget_import_files;
use crate::ops::imports::worker::start_importer;
use crate::ops::simulation::worker::start_simulator;
use crate::ops::statements::worker::start_printer;
use crate::ops::suspicions::search::find_duplicates;
use crate::ops::wallets::forget_offers;

/// The buckets of latencies, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    #[error("the server failed: {0}")]
    Run(std::io::Error),
    #[error("the figures cannot be kept: {0}")]
    Metrics(String),
    #[error("events cannot be carried out: {0}")]
    Couriers(String),
}

/// A server that listens and does not answer yet.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    web: web::Data<Web>,
    workers: usize,
    body_bytes_max: usize,
    shutdown_max: Duration,
    couriers: Couriers,
}

impl Application {
    /// Listens, and prepares what every request needs.
    ///
    /// # Errors
    /// When the address cannot be listened on, or what leaves the bank cannot be prepared.
    pub fn build(config: &Config, bank: Arc<Bank>, pages: Pages) -> Result<Self, ServerError> {
        observe::learn(openapi::operations());
        let listen = config.server.listen;
        let failed = |error| ServerError::Listen(listen, error);
        let listener = TcpListener::bind(listen).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let metrics = recorder()?;
        // Here, because its client cannot be made where the server runs.
        let couriers = Couriers::start(&bank, crate::clock::now).map_err(ServerError::Couriers)?;
        let web = Web::new(bank, metrics, config, pages);
        Ok(Self {
            listener,
            address,
            web: web::Data::new(web),
            workers: config.server.workers,
            body_bytes_max: config.server.body_bytes_max,
            shutdown_max: config.server.shutdown_max,
            couriers,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until SIGTERM or SIGINT; then finishes what is in flight.
    ///
    /// # Errors
    /// When the server cannot run.
    pub async fn run_until_stopped(self) -> Result<(), ServerError> {
        let Self {
            web,
            body_bytes_max,
            couriers,
            ..
        } = self;
        let upkeep = actix_web::rt::spawn(keep_up(web.clone()));
        let bank = Arc::clone(&web.bank);
        // Made once: it is by far the largest thing that a start makes.
        let description = openapi::document();
        let is_over_tls = web.public_url.starts_with("https://");
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web.clone())
                .app_data(web::PayloadConfig::new(body_bytes_max))
                .wrap(Compress::default())
                .wrap(Condition::new(
                    is_over_tls,
                    DefaultHeaders::new().add((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")),
                ))
                .wrap(from_fn(render::render))
                .wrap(from_fn(count))
                .wrap(TracingLogger::<RequestSpan>::new())
                .configure(routes::register)
                .configure(web.pages.register)
                .service(SwaggerUi::new("/docs/{_:.*}").external_url_unchecked("/api/v1/openapi.json", description.clone()))
                .service(web::redirect("/docs", "/docs/"))
                .default_service(web::to(nowhere))
        })
        .workers(self.workers)
        .shutdown_timeout(self.shutdown_max.as_secs())
        .listen(self.listener)
        .map_err(ServerError::Run)?;
        let simulator = start_simulator(Arc::clone(&bank), crate::clock::now);
        let importer = start_importer(Arc::clone(&bank), crate::clock::now);
        let issuer = start_issuer(Arc::clone(&bank), crate::clock::now);
        let printer = start_printer(bank, crate::clock::now);
        let ended = server.run().await.map_err(ServerError::Run);
        upkeep.abort();
        simulator.stop();
        importer.stop();
        printer.stop();
        issuer.stop();
        couriers.stop();
        ended
    }
}

/// How often credit and claims are looked over for what a day has brought.
const CLOCK_MINUTES: u64 = 60;

/// What is to be done now and then.
async fn keep_up(web: web::Data<Web>) {
    let mut minutes = actix_web::rt::time::interval(Duration::from_secs(60));
    let mut minute = 0;
    loop {
        minutes.tick().await;
        web.forget_attempts();
        web.metrics.run_upkeep();
        if minute % CLOCK_MINUTES == 0 {
            let context = Context::of(Caller::Bank, crate::clock::now());
            upkeep(&web, "expire_lots", move |bank| expire_lots(bank, &context)).await;
            upkeep(&web, "warn_of_expiry", move |bank| warn_of_expiry(bank, &context)).await;
            upkeep(&web, "run_claim_clocks", move |bank| run_claim_clocks(bank, &context)).await;
            upkeep(&web, "run_correction_clocks", move |bank| run_correction_clocks(bank, &context)).await;
            upkeep(&web, "forget_import_files", move |bank| forget_import_files(bank, &context)).await;
            upkeep(&web, "prune_events", move |bank| prune_events(bank, &context)).await;
            upkeep(&web, "forget_offers", move |bank| forget_offers(bank, &context)).await;
            upkeep(&web, "find_duplicates", move |bank| find_duplicates(bank, &context)).await;
        }
        minute += 1;
    }
}

/// Runs what the bank does by itself, and notes what it did, if anything.
async fn upkeep<T>(web: &web::Data<Web>, operation: &str, work: impl FnOnce(&Bank) -> Result<T, OpError> + Send + 'static)
where
    T: Default + PartialEq + std::fmt::Debug + Send + 'static,
{
    match web.run(work).await {
        Ok(done) if done == T::default() => {}
        Ok(done) => tracing::info!(operation, ?done, "upkeep"),
        // The operation has said why; the next round tries again.
        Err(refusal) => tracing::warn!(operation, %refusal, "upkeep failed"),
    }
}

fn recorder() -> Result<PrometheusHandle, ServerError> {
    PrometheusBuilder::new()
        .set_buckets(&BUCKETS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| ServerError::Metrics(error.to_string()))
}
