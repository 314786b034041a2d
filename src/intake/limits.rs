//! How much of everything a file may have.

/// The most of everything; over it a file, a row or a cell is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub file_bytes_max: u64,
    /// Rows below the header, empty ones included.
    pub rows_max: u64,
    pub columns_max: usize,
    /// Of a template that has a group of columns for every subject.
    pub wide_columns_max: usize,
    pub cell_characters_max: usize,
    /// Of one row of a delimited file, or one record of JSON, with everything in it.
    pub row_bytes_max: u64,
    /// What the parts of a workbook that are kept in memory or read through may unfold to, together.
    pub expanded_bytes_max: u64,
    /// What the texts that cells of a workbook share may unfold to: they are kept in memory.
    pub shared_text_bytes_max: u64,
    pub archive_entries_max: usize,
    /// How many times its packed size a large part of a workbook may unfold to.
    pub expansion_ratio_max: u64,
    pub json_depth_max: usize,
    /// How many outcomes one row or credential may tell.
    pub outcomes_per_row_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes_max: 256 << 20,
            rows_max: 2_000_000,
            columns_max: 200,
            wide_columns_max: 1_000,
            cell_characters_max: 4_000,
            row_bytes_max: 4 << 20,
            expanded_bytes_max: 4 << 30,
            shared_text_bytes_max: 128 << 20,
            archive_entries_max: 2_000,
            expansion_ratio_max: 200,
            json_depth_max: 64,
            outcomes_per_row_max: 100,
        }
    }
}
