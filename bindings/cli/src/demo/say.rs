//! What the demo says.

use crate::output::texts::Bilingual;

const fn both(vi: &'static str, en: &'static str) -> Bilingual {
    Bilingual { vi, en }
}

/// The report of the demo: what a person in Huế writes, in the language of the city.
pub(super) const REPORT_TITLE: &str = "Ổ gà lớn giữa đường";
pub(super) const REPORT_TEXT: &str = "Ổ gà sâu giữa đường, trước kiệt 48. Trời mưa ngập nước không thấy hố, sáng nay đã có hai xe máy ngã. Nhờ thành phố vá sớm.";
pub(super) const REPORT_PLACE: &str = "Trước kiệt 48 Ngô Quyền, gần chợ";
/// What the desk answers.
pub(super) const AGENCY: &str = "Trung tâm Công viên, Hạ tầng đô thị";
pub(super) const RESULT: &str = "Đã vá ổ gà và kẻ lại vạch, mặt đường thông xe từ chiều nay.";
pub(super) const THANKS: &str = "Đường đã êm, cảm ơn.";

pub(super) const WRITES: Bilingual = both(
    "Thành phố tắt máy, điện thoại mất mạng: viết phản ánh, kèm ảnh",
    "The city is off, the phone has no network: a report is written, with a photo",
);
pub(super) const SAVED: Bilingual = both(
    "Đã lưu trên máy, mã tra cứu {code}",
    "Saved on the phone, reference {code}",
);
pub(super) const PHOTO: Bilingual = both(
    "Ảnh {before} thu còn {after}, bớt {percent} %",
    "Photo of {before} made {after}, {percent} % less",
);
pub(super) const PLACE: Bilingual = both("Nơi xảy ra: {place}", "Place: {place}");
pub(super) const WAITS: Bilingual = both(
    "Bấm gửi. Chưa gửi được, và biết vì sao",
    "Send is tapped. It waits, and says why",
);
pub(super) const BACK: Bilingual = both(
    "Thành phố mở lại, sau một đường truyền xấu",
    "The city is back, behind a bad line",
);
pub(super) const LOST: Bilingual = both(
    "Thành phố đã ghi nhận, nhưng câu trả lời mất trên đường ({cut})",
    "The city stored it, and its answer was lost on the way ({cut})",
);
pub(super) const CUT_AT: Bilingual = both(
    "{kind}, sau {n} byte trả lời",
    "{kind}, after {n} bytes of the answer",
);
pub(super) const AFTER_REQUEST: Bilingual = both("cắt trước câu trả lời", "cut before the answer");
pub(super) const IN_HEAD: Bilingual = both("cắt giữa phần đầu", "cut in its head");
pub(super) const IN_BODY: Bilingual = both("cắt giữa phần thân", "cut in its body");
pub(super) const STALL: Bilingual = both(
    "Ảnh cũng đứt giữa chừng một lần",
    "The photo broke off once as well",
);
pub(super) const ONCE: Bilingual = both(
    "Gửi lại cùng mã khóa: {attempts} lần gọi, {cases} hồ sơ, số {number}",
    "Sent again under the same key: {attempts} calls, {cases} case, number {number}",
);
pub(super) const DESK: Bilingual = both(
    "Trung tâm tiếp nhận, xác minh, giao việc, có kết quả",
    "The desk accepts, verifies, assigns, gives the result",
);
pub(super) const SYNCED: Bilingual = both(
    "Điện thoại cập nhật: {state}, {outcome}",
    "The phone is up to date: {state}, {outcome}",
);
pub(super) const RATES: Bilingual = both("Trả lời hai câu hỏi", "The two questions are answered");
pub(super) const MOVED: Bilingual = both(
    "Cả câu chuyện tốn {up} gửi đi, {down} nhận về",
    "The whole story took {up} up and {down} down",
);
pub(super) const CHECKED: Bilingual = both("Đối chiếu với đĩa của thành phố", "Held against the city's disk");
pub(super) const KEPT: Bilingual = both(
    "Xem lại: phananh --data {data} status",
    "Look again: phananh --data {data} status",
);

pub(super) const ONE_CASE: Bilingual = both(
    "Đúng một hồ sơ, dù câu trả lời bị mất",
    "Exactly one case, though the answer was lost",
);
pub(super) const ANSWER_LOST: Bilingual = both(
    "Đường truyền đã cắt sau khi thành phố ghi nhận",
    "The line did cut after the city had stored it",
);
pub(super) const SAID_WHY: Bilingual = both(
    "Lúc chờ, điện thoại nói rõ vì sao",
    "While it waited the phone said why",
);
pub(super) const WORDS_WHOLE: Bilingual = both("Nội dung nguyên vẹn", "The words are whole");
pub(super) const PHOTO_SAME: Bilingual = both(
    "Ảnh ở thành phố trùng từng byte với ảnh đã gửi",
    "The photo at the city is the one sent, byte for byte",
);
pub(super) const PHOTO_DECODES: Bilingual = both("Ảnh mở được", "The photo decodes");
pub(super) const PHOTO_CLEAN: Bilingual = both(
    "Ảnh không mang theo vị trí hay tên máy",
    "The photo carries no position and no name of a camera",
);
pub(super) const AFTER_PHOTO: Bilingual = both("Kết quả có ảnh kèm theo", "The result has its photo");
pub(super) const FOLLOWED: Bilingual = both(
    "Điện thoại thấy kết quả, không còn gì chờ gửi",
    "The phone sees the result, nothing is owed",
);
pub(super) const RATED: Bilingual = both("Đánh giá đã tới thành phố", "The rating reached the city");
