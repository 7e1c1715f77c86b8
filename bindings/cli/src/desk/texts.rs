//! What only an operator reads.

use crate::output::Words;
use crate::output::texts::{Bilingual, both};

pub(super) const NEEDS_CITY: Bilingual = both(
    "Thêm địa chỉ máy chủ: phananh desk --city ĐỊA_CHỈ ...",
    "Name the server: phananh desk --city URL ...",
);
pub(super) const NEEDS_TOKEN: Bilingual = both(
    "Thêm mã của người trực: --token hoặc PHANANH_OPERATOR_TOKEN",
    "Give the operator's token: --token or PHANANH_OPERATOR_TOKEN",
);
pub(super) const DONE: Bilingual = both("Hồ sơ {case}: {state}", "Case {case}: {state}");
pub(super) const NOTED: Bilingual = both("Đã thêm ghi chú nội bộ", "Internal note added");
pub(super) const NOTHING: Bilingual = both("Không có hồ sơ nào", "No cases");
pub(super) const NO_AUDIT: Bilingual = both("Chưa có thao tác nào", "Nothing was done yet");
pub(super) const CONTACT: Bilingual = both("Liên hệ", "Contact");
pub(super) const CO_AGENCIES: Bilingual = both("Cơ quan phối hợp", "Agencies that help");
pub(super) const INSTANT: Bilingual = both("tức thời", "instant");
pub(super) const TIMED: Bilingual = both("thời hạn", "timed");
pub(super) const ANSWER: Bilingual = both("Trả lời", "Answer");
pub(super) const CITIZENS_RATING: Bilingual = both("Người dân đánh giá", "Citizen's rating");
pub(super) const INTERNAL: Bilingual = both("nội bộ", "internal");
pub(super) const NOTE: Bilingual = both("Ghi chú", "Note");
pub(super) const WAITS_FOR_CITIZEN: Bilingual = both("Chờ người dân bổ sung", "Waiting for the citizen");
pub(super) const WITHDRAWN: Bilingual = both("Người dân đã rút", "Withdrawn by the citizen");

/// What is done at a desk, as the audit trail names it; a word of another city as it is.
const ACTIONS: &[(&str, Bilingual)] = &[
    ("receive", both("Tiếp nhận", "Accept")),
    ("verify", both("Xác minh", "Verify")),
    ("classify", both("Phân loại", "Classify")),
    ("assign", both("Giao việc", "Assign")),
    ("start", both("Bắt đầu xử lý", "Start work")),
    ("ask", both("Hỏi người dân", "Ask the citizen")),
    ("extend", both("Gia hạn", "Extend")),
    ("resolve", both("Trả kết quả", "Give the result")),
    ("reject", both("Không tiếp nhận", "Reject")),
    ("transfer", both("Chuyển cơ quan", "Transfer")),
    ("merge", both("Gộp", "Merge")),
    ("close", both("Đóng", "Close")),
    ("note", both("Ghi chú", "Note")),
    ("search", both("Tìm kiếm", "Search")),
    ("find", both("Tra cứu", "Look up")),
    (
        "view_contact",
        both("Xem thông tin liên hệ", "Look at contact details"),
    ),
    ("lock", both("Khóa tài khoản", "Lock an account")),
    ("unlock", both("Mở khóa tài khoản", "Unlock an account")),
];

pub(super) fn action(words: Words, word: &str) -> String {
    ACTIONS
        .iter()
        .find(|(known, _)| *known == word)
        .map_or(word, |(_, text)| words.say(*text))
        .to_owned()
}
