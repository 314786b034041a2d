//! The pockets of lots, moved many at once.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::connection::Conn;
use super::deposits::LotRow;
use super::error::StoreError;
use super::insert::{SetBased, array};
use super::schema::lots;
use super::types::Id;
use crate::domain::lot::{LotBalance, Pocket};

fn hundredths(balance: &LotBalance, pocket: Pocket) -> i64 {
    balance.pocket(pocket).hundredths()
}

/// Sets the pockets of lots, of those whose available and held credit is still what was read; says of how many.
///
/// # Errors
/// When the database refuses.
pub fn set_pockets(conn: &mut Conn, moved: &[(LotRow, LotBalance)]) -> Result<usize, StoreError> {
    if moved.is_empty() {
        return Ok(0);
    }
    Ok(match conn {
        Conn::Postgres(conn) => SetBased {
            before:
                "UPDATE lots SET available_hundredths = given.available, held_hundredths = given.held, redeemed_hundredths = given.redeemed,
                expired_hundredths = given.expired, reversed_hundredths = given.reversed FROM unnest(",
            columns: vec![
                array!(moved, Id, one => &one.0.learner_id),
                array!(moved, Id, one => &one.0.lot_id),
                array!(moved, BigInt, one => one.0.available_hundredths),
                array!(moved, BigInt, one => one.0.held_hundredths),
                array!(moved, BigInt, one => hundredths(&one.1, Pocket::Available)),
                array!(moved, BigInt, one => hundredths(&one.1, Pocket::Held)),
                array!(moved, BigInt, one => hundredths(&one.1, Pocket::Redeemed)),
                array!(moved, BigInt, one => hundredths(&one.1, Pocket::Expired)),
                array!(moved, BigInt, one => hundredths(&one.1, Pocket::Reversed)),
            ],
            after: ") AS given (learner_id, lot_id, was_available, was_held, available, held, redeemed, expired, reversed)
                WHERE lots.learner_id = given.learner_id AND lots.lot_id = given.lot_id
                AND lots.available_hundredths = given.was_available AND lots.held_hundredths = given.was_held",
        }
        .execute(conn)?,
        Conn::Sqlite(conn) => {
            let mut changed = 0;
            for (lot, balance) in moved {
                changed += diesel::update(lots::table.find((&lot.learner_id, &lot.lot_id)))
                    .filter(lots::available_hundredths.eq(lot.available_hundredths))
                    .filter(lots::held_hundredths.eq(lot.held_hundredths))
                    .set((
                        lots::available_hundredths.eq(hundredths(balance, Pocket::Available)),
                        lots::held_hundredths.eq(hundredths(balance, Pocket::Held)),
                        lots::redeemed_hundredths.eq(hundredths(balance, Pocket::Redeemed)),
                        lots::expired_hundredths.eq(hundredths(balance, Pocket::Expired)),
                        lots::reversed_hundredths.eq(hundredths(balance, Pocket::Reversed)),
                    ))
                    .execute(conn)?;
            }
            changed
        }
    })
}
