//! Writing an intake as files: what institutions could have uploaded, one of them from an older system in GB18030.

use std::path::Path;

use super::intake::{Intake, IntakeError};

/// The institution whose file is in GB18030 with a Chinese header.
const OLDER_SYSTEM: &str = "tyzj";

/// Writes institutions.json, achievements.json and a CSV file for each institution into a directory.
///
/// # Errors
/// The file that cannot be written.
pub(super) fn export(intake: &Intake, directory: &Path) -> Result<(), IntakeError> {
    let write = |name: &str, bytes: &[u8]| {
        let path = directory.join(name);
        std::fs::write(&path, bytes).map_err(|error| IntakeError::File(path.display().to_string(), error))
    };
    std::fs::create_dir_all(directory).map_err(|error| IntakeError::File(directory.display().to_string(), error))?;
    write("institutions.json", include_bytes!("institutions.json"))?;
    write("achievements.json", include_bytes!("achievements.json"))?;
    for institution in &intake.institutions {
        let name = format!("outcomes-{}.csv", institution.code);
        let older = institution.code == OLDER_SYSTEM;
        let header = if older {
            ["身份证号", "姓名", "人员类别", "成果编码", "取得日期", "证书编号", "学时", "成绩"]
        } else {
            [
                "identity_number",
                "name",
                "trainee_group",
                "achievement",
                "awarded_on",
                "certificate_number",
                "hours",
                "score",
            ]
        };
        let failed = |error: csv::Error| IntakeError::Refused(name.clone(), error.to_string());
        let mut file = csv::Writer::from_writer(Vec::new());
        file.write_record(header).map_err(failed)?;
        for row in intake.rows(institution)? {
            let row = row?;
            let awarded_on = row.awarded_on.to_string();
            file.write_record([
                &row.identity_number,
                &row.name,
                &row.trainee_group,
                &row.achievement,
                &awarded_on,
                &row.certificate_number,
                &row.hours,
                &row.score,
            ])
            .map_err(failed)?;
        }
        let text = file
            .into_inner()
            .map_err(|error| IntakeError::File(name.clone(), error.into_error()))?;
        if older {
            write(&name, &encoding_rs::GB18030.encode(&String::from_utf8_lossy(&text)).0)?;
        } else {
            write(&name, &text)?;
        }
    }
    Ok(())
}
