//! Texts that only a terminal needs; everything that phones say too is in the core's catalogue.

/// One text in both languages; named values stand in braces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bilingual {
    pub(crate) vi: &'static str,
    pub(crate) en: &'static str,
}

pub(crate) const fn both(vi: &'static str, en: &'static str) -> Bilingual {
    Bilingual { vi, en }
}

pub(crate) const SOON: Bilingual = both("ngay khi được", "as soon as possible");
pub(crate) const THE_REPORT: Bilingual = both("nội dung phản ánh", "the report");
pub(crate) const ASK_THE_CITY: Bilingual = both("hỏi thành phố", "ask the city");

pub(crate) const NOTHING_YET: Bilingual = both(
    "Chưa có phản ánh nào. Viết: phananh draft new --text \"...\"",
    "No reports yet. Write one: phananh draft new --text \"...\"",
);
pub(crate) const NO_DRAFTS: Bilingual = both("Không có bản nháp", "No drafts");
pub(crate) const MORE_WITH: Bilingual = both("Còn nữa: --after {cursor}", "More: --after {cursor}");
pub(crate) const EXPORTED: Bilingual = both(
    "Đã lưu {n} phản ánh và {photos} ảnh vào {name}",
    "{n} reports and {photos} photos are in {name}",
);
pub(crate) const PHOTO_REMOVED: Bilingual = both("Đã bỏ ảnh {n}", "Photo {n} removed");
pub(crate) const SHRUNK: Bilingual = both(
    "{before} ({stored}) → {after} ({pixels}), chất lượng {quality}",
    "{before} ({stored}) → {after} ({pixels}), quality {quality}",
);
pub(crate) const SCORED: Bilingual = both(
    "Giống bản gốc {score} trên 100 (SSIMULACRA2)",
    "Near the original: {score} of 100 (SSIMULACRA2)",
);
pub(crate) const NOT_SCORED: Bilingual = both(
    "Không so được với bản gốc: tệp hỏng, hoặc bộ giải mã thứ hai không đọc được",
    "Not compared with the original: it is damaged, or the second decoder cannot read it",
);
pub(crate) const SHORTER: Bilingual = both(
    "Thu nhỏ thêm còn {edge} điểm ảnh để vừa số byte",
    "Made shorter, {edge} pixels, to fit the bytes",
);
pub(crate) const ONLY_PIXELS: Bilingual = both("Chỉ có ảnh, không có gì khác", "Pixels and nothing else");
pub(crate) const PHOTO_ADDED: Bilingual = both(
    "{name}: {before} → {after}, bớt {percent} %",
    "{name}: {before} → {after}, {percent} % less",
);
pub(crate) const PHOTO_KEPT: Bilingual = both(
    "{name}: {after}, giữ nguyên cỡ",
    "{name}: {after}, no smaller than before",
);
pub(crate) const PLACE_SAVED: Bilingual = both("Đã lưu nơi xảy ra: {place}", "Place saved: {place}");
pub(crate) const FIXES_SAVED: Bilingual = both("Đã lưu {n} lần định vị", "{n} readings saved");
pub(crate) const CHANGED: Bilingual = both("Đã lưu thay đổi", "Change saved");
pub(crate) const READY_TO_SEND: Bilingual = both(
    "Đủ để gửi: phananh submit {code}",
    "Ready to send: phananh submit {code}",
);
pub(crate) const STILL_LACKS: Bilingual = both("Trước khi gửi", "Before it can be sent");
pub(crate) const WARNED: Bilingual = both("Lưu ý", "Please note");
pub(crate) const WILL_TRY_AGAIN: Bilingual = both("Sẽ thử lại", "Trying again");
pub(crate) const DECIDED: Bilingual = both("Đã ghi nhận: {decision}", "Noted: {decision}");
pub(crate) const CHOICES: Bilingual = both(
    "Chọn: phananh decide {code} {choices}",
    "Decide: phananh decide {code} {choices}",
);
pub(crate) const GIVE_ADDRESS: Bilingual = both(
    "phananh --profile {city} --city ĐỊA_CHỈ send",
    "phananh --profile {city} --city URL send",
);
pub(crate) const SAVED_FOR_SENDING: Bilingual = both("Đã lưu để gửi", "Saved for sending");
pub(crate) const SENT_COUNT: Bilingual = both("Đã gửi: {n}", "Sent: {n}");
pub(crate) const OWED_COUNT: Bilingual = both("Còn chờ gửi: {n}", "Still waiting: {n}");
pub(crate) const NEEDS_YOU_COUNT: Bilingual = both("Cần bạn xem lại: {n}", "Need you: {n}");
pub(crate) const NEXT_TRY: Bilingual = both("Lần gửi tới", "Next try");
pub(crate) const NOT_WAITING: Bilingual = both("Không chờ gì", "Waiting for nothing");
pub(crate) const BYTES_MOVED: Bilingual = both(
    "{requests} lần hỏi, gửi {up}, nhận {down}",
    "{requests} requests, {up} sent, {down} received",
);
pub(crate) const FROM_PROFILE: Bilingual = both(
    "Chưa hỏi được thành phố, đây là danh sách đã biết",
    "The city could not be asked; this is what is known here",
);
pub(crate) const NO_SERVICES: Bilingual = both(
    "Chưa biết lĩnh vực nào. Có mạng sẽ hỏi thành phố",
    "No categories known yet: they come from the city",
);
pub(crate) const NO_QUESTIONS: Bilingual = both("Không có câu hỏi thêm", "No extra questions");
pub(crate) const QUESTIONS: Bilingual = both("Câu hỏi thêm", "Extra questions");
pub(crate) const REQUIRED: Bilingual = both("bắt buộc", "required");
pub(crate) const NAME: Bilingual = both("Họ tên", "Name");
pub(crate) const PHONE: Bilingual = both("Điện thoại", "Phone");
pub(crate) const EMAIL: Bilingual = both("Thư điện tử", "E-mail");
pub(crate) const NOT_TOLD: Bilingual = both("chưa có", "not told");
pub(crate) const ME_SAVED: Bilingual = both(
    "Đã lưu trên máy này, được mã hóa khi gửi kèm phản ánh",
    "Saved on this machine; sealed with each report",
);
pub(crate) const CODE_SENT: Bilingual = both(
    "Đã gửi mã, dùng được đến {time}. Nhập: phananh me verify MÃ",
    "A code is on its way, good until {time}. Enter it: phananh me verify CODE",
);
pub(crate) const SIGNED_IN: Bilingual = both("đã đăng nhập", "signed in");
pub(crate) const SIGNED_IN_UNTIL: Bilingual = both("đăng nhập đến {time}", "signed in until {time}");
pub(crate) const NOT_SIGNED_IN: Bilingual = both("chưa đăng nhập", "not signed in");
pub(crate) const SIGNED_OUT: Bilingual = both(
    "Đã đăng xuất. Phản ánh vẫn được giữ trên máy",
    "Signed out. Reports stay on this machine",
);
pub(crate) const AS_OF: Bilingual = both(
    "Chưa hỏi được thành phố, đây là lúc {time}",
    "The city could not be asked; this is as of {time}",
);
pub(crate) const NO_ANNOUNCEMENTS: Bilingual = both("Không có thông báo", "No announcements");
pub(crate) const NO_CASES: Bilingual = both("Không có phản ánh công khai", "No public cases");
pub(crate) const PROFILE_GOOD: Bilingual = both("Cấu hình dùng được", "The profile can be used");
pub(crate) const BUNDLED: Bilingual = both("có sẵn", "comes with the program");
pub(crate) const REMEMBERED: Bilingual = both("đang dùng", "in use");
pub(crate) const NO_ADDRESS: Bilingual = both("chưa có địa chỉ", "no address yet");
pub(crate) const NO_PLACE: Bilingual = both("chưa có nơi xảy ra", "no place yet");
pub(crate) const ACCURACY: Bilingual = both("sai số {m} m", "within {m} m");
pub(crate) const ANSWERS: Bilingual = both("Trả lời", "Answers");
pub(crate) const FOR_SOMEBODY: Bilingual = both("Ghi thay người gọi", "Filed for a caller");
pub(crate) const YOU: Bilingual = both("Bạn", "You");
pub(crate) const THEN_RETRY: Bilingual = both("Sau đó: phananh retry {code}", "Then: phananh retry {code}");
pub(crate) const TAKEN_BACK: Bilingual = both("đã lấy lại, không gửi", "taken back, not sent");
pub(crate) const ON_ITS_WAY: Bilingual = both("chờ gửi", "waiting to be sent");
pub(crate) const DUE: Bilingual = both("hạn {time}", "due {time}");
pub(crate) const MY_RATING: Bilingual = both("Đánh giá", "My rating");
pub(crate) const FILES: Bilingual = both("Ảnh kèm theo: {n}", "Photos: {n}");

pub(crate) const REASON: Bilingual = both("Lý do", "Reason");
pub(crate) const TRACK: Bilingual = both("Quy trình", "Track");
pub(crate) const SENDING: Bilingual = both("Đang gửi", "Sending");
