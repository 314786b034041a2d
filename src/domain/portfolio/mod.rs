//! The portfolio 终身学习电子档案: the learner's lifelong record on one timeline, what of it whom is shown, and for how long.

pub mod confirmation;
pub mod consent;
pub mod disclosure;
pub mod entry;
pub mod share;
pub mod timeline;
pub mod view;
