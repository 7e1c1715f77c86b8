//! What keeps a report or a city profile from being used, and what to do about it.

use super::Entry;

#[rustfmt::skip] // one text a line
pub(super) const WORDS: &[Entry] = &[
    Entry::new("problem.required", "Còn thiếu: {field}. Bổ sung rồi gửi", "Missing: {field}. Add it, then send"),
    Entry::new("problem.unknown_service", "Thành phố không có lĩnh vực này. Chọn lĩnh vực khác", "The city has no such category. Choose another"),
    Entry::new("problem.stopped", "Thành phố đang tạm ngừng nhận lĩnh vực này. Chọn lĩnh vực khác hoặc gửi sau", "The city takes no reports in this category now. Choose another, or send later"),
    Entry::new("problem.redirected", "Thành phố đề nghị gửi việc này nơi khác. Đọc hướng dẫn của thành phố", "The city asks to take this elsewhere. Read the city's note"),
    Entry::new("problem.unknown_attribute", "Lĩnh vực này không hỏi {field}. Bỏ câu trả lời đó rồi gửi", "This category does not ask {field}. Remove that answer, then send"),
    Entry::new("problem.not_a_choice", "{field}: chọn trong danh sách", "{field}: choose from the list"),
    Entry::new("problem.not_a_number", "{field}: ghi bằng số, dấu thập phân là dấu chấm", "{field}: write a number, with a dot for decimals"),
    Entry::new("problem.not_a_time", "{field}: ghi ngày theo dạng 2026-11-25 hoặc 2026-11-25T14:05", "{field}: write a date like 2026-11-25 or 2026-11-25T14:05"),
    Entry::new("problem.too_many_answers", "{field}: chỉ chọn một", "{field}: give one answer only"),
    Entry::new("problem.too_long", "{field} dài quá {n} ký tự (tối đa {limit}). Viết ngắn lại", "{field} is {n} characters too long (at most {limit}). Shorten it"),
    Entry::new("problem.too_many_photos", "Thừa {n} ảnh (tối đa {limit}). Bỏ bớt ảnh", "{n} photos too many (at most {limit}). Remove some"),
    Entry::new("problem.photo_failed", "Có ảnh không đọc được. Bỏ ảnh đó hoặc chọn ảnh khác", "A photo cannot be read. Remove it, or choose another"),
    Entry::new("problem.photo_too_large", "Ảnh lớn hơn mức thành phố nhận. Gửi bản nhỏ hơn", "A photo is larger than the city takes. Send a smaller one"),
    Entry::new("problem.kind_not_yet", "Chưa gửi được loại tệp này. Bỏ tệp đó hoặc chọn ảnh", "This kind of file cannot be sent yet. Remove it, or choose a photo"),
    Entry::new("problem.outside", "Nơi này ngoài {city}. Vẫn gửi được, có thể không được tiếp nhận", "Outside {city}. Can be sent, may be refused"),
    Entry::new("problem.empty_report", "Chưa có nội dung. Viết vài chữ hoặc thêm ảnh", "Nothing to send yet. Write a few words, or add a photo"),
    Entry::new("problem.takes_no_reports", "Thành phố này không nhận phản ánh qua ứng dụng. Gọi {number}", "This city takes no reports by app: call {number}"),

    Entry::new("profile.too_large", "Tệp cấu hình quá lớn. Kiểm tra lại tệp", "The profile is too large. Check the file"),
    Entry::new("profile.not_json", "Tệp cấu hình không phải JSON. Kiểm tra lại tệp", "The profile is not JSON. Check the file"),
    Entry::new("profile.wrong_member", "Mục {field} thiếu hoặc sai dạng. Sửa mục này", "{field} is missing or has the wrong form. Correct it"),
    Entry::new("profile.empty", "Mục {field} để trống. Điền vào", "{field} is empty. Fill it in"),
    Entry::new("profile.bad_name", "Mục {field}: chỉ dùng chữ, số, dấu - _ và chấm", "{field}: use letters, digits, - _ and dots only"),
    Entry::new("profile.bad_url", "Mục {field} không phải địa chỉ máy chủ. Ghi dạng https://… không kèm tham số", "{field} is no server address. Write https://… without parameters"),
    Entry::new("profile.not_https", "Mục {field} phải bắt đầu bằng https://", "{field} must begin with https://"),
    Entry::new("profile.secret_in_url", "Mục {field} có mật khẩu trong địa chỉ. Bỏ ra", "{field} holds a password in the address. Take it out"),
    Entry::new("profile.unknown_zone", "Mục {field} không có trong danh sách múi giờ IANA. Ví dụ Asia/Ho_Chi_Minh", "{field} is not an IANA zone. An example: Asia/Ho_Chi_Minh"),
    Entry::new("profile.unknown_language", "Mục {field}: chưa có ngôn ngữ này. Dùng vi hoặc en", "{field}: no words in this language yet. Use vi or en"),
    Entry::new("profile.out_of_range", "Mục {field} ngoài khoảng cho phép. Xem docs/profile.md", "{field} is out of range. See docs/profile.md"),
    Entry::new("profile.bad_box", "Mục {field} không phải khung tọa độ: nam nhỏ hơn bắc, tính bằng độ", "{field} is no box of coordinates: south below north, in degrees"),
    Entry::new("profile.bad_number", "Mục {field} không phải số điện thoại. Sửa lại", "{field} is no phone number. Correct it"),
    Entry::new("profile.unknown_status", "Mục {field}: tình trạng này không có. Xem docs/profile.md", "{field}: no such status. See docs/profile.md"),
    Entry::new("profile.twice", "Mục {field} trùng với mục trước. Đổi mã", "{field} repeats an earlier one. Change the code"),
    Entry::new("profile.unknown_member", "Không rõ mục {field}. Mục này được bỏ qua, kiểm tra cách viết", "{field} is not known and is left aside. Check its spelling"),
];
