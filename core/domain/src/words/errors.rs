//! What did not work, and what to do next.

use super::Entry;

#[rustfmt::skip] // one text a line
pub(super) const WORDS: &[Entry] = &[
    Entry::new("error.required", "Chưa trả lời: {question}", "Answer needed: {question}"),
    Entry::new("error.outside", "Nơi này ngoài {city}. Vẫn gửi được, có thể không được tiếp nhận", "Outside {city}. Can be sent, may be refused"),
    Entry::new("error.no_place", "Chưa có vị trí. Ghi địa chỉ hoặc mốc dễ tìm", "No place yet: write an address or a landmark"),
    Entry::new("error.takes_no_reports", "Thành phố này không nhận phản ánh qua ứng dụng. Gọi {number}", "This city takes no reports by app: call {number}"),
    Entry::new("error.invalid", "Phản ánh chưa gửi được. Sửa các mục dưới đây rồi gửi lại", "The report cannot be sent yet. Correct what is listed, then send again"),

    Entry::new("error.photo_unsupported", "Máy chưa đọc được loại ảnh này ({kind})", "This kind of picture cannot be read ({kind})"),
    Entry::new("error.photo_damaged", "Ảnh bị hỏng, chỉ đọc được một phần", "The photo is damaged, only a part could be read"),
    Entry::new("error.photo_too_large", "Ảnh quá lớn, không mở được. Chọn ảnh khác", "Photo too large, choose another"),
    Entry::new("error.photo_missing", "Không tìm thấy tệp ảnh. Chọn lại ảnh", "The photo file is not there. Choose it again"),
    Entry::new("error.smaller_photo", "Thành phố không nhận ảnh lớn. Gửi bản nhỏ hơn?", "The city refuses large photos. Send a smaller one?"),
    Entry::new("error.not_photo", "Tệp này không phải ảnh", "Not a photo"),
    Entry::new("error.video", "Chưa gửi được video", "Video cannot be sent yet"),
    Entry::new("error.audio", "Chưa gửi được tệp ghi âm", "Sound cannot be sent yet"),
    Entry::new("error.document", "Chưa gửi được tài liệu", "Documents cannot be sent yet"),

    Entry::new("error.store_held", "Dữ liệu đang được {holder} sử dụng. Đóng chương trình đó rồi thử lại", "The data is in use by {holder}. Close that program, then try again"),
    Entry::new("error.newer_store", "Dữ liệu do phiên bản mới hơn tạo ra. Cập nhật ứng dụng để mở", "The data was made by a newer version. Update the app to open it"),
    Entry::new("error.storage", "Không ghi được dữ liệu trên máy. Kiểm tra bộ nhớ rồi thử lại", "The data cannot be written on this device. Check its storage, then try again"),
    Entry::new("error.disk_full", "Máy đã đầy, chưa lưu được thay đổi này. Xóa bớt rồi thử lại", "The device is full, this change is not saved. Delete something, then try again"),
    Entry::new("error.secrets_locked", "Máy đang khóa nên chưa mở được thông tin liên hệ. Mở khóa máy rồi thử lại", "The phone is locked, contact details cannot be opened. Unlock it, then try again"),
    Entry::new("error.secrets_missing", "Máy không còn khóa mở thông tin liên hệ. Nhập lại thông tin liên hệ", "The key to the contact details is gone from this device. Enter them again"),
    Entry::new("error.secrets_failed", "Không dùng được nơi giữ khóa của máy. Khởi động lại rồi thử lại", "The key store of this device does not work. Restart, then try again"),

    Entry::new("error.network", "Không kết nối được. Kiểm tra mạng rồi thử lại", "No connection. Check the network, then try again"),
    Entry::new("error.captive", "Wi-Fi này cần đăng nhập. Mở trình duyệt để đăng nhập", "This Wi-Fi needs sign-in. Open a browser to sign in"),
    Entry::new("error.tls", "Kết nối không an toàn. Kiểm tra ngày giờ của máy", "The connection is not secure. Check the clock of this device"),
    Entry::new("error.city", "Máy chủ thành phố không xử lý được yêu cầu. Thử lại sau", "The city's server could not do this. Try again later"),
    Entry::new("error.not_a_city", "Địa chỉ này không phải máy chủ Open311. Kiểm tra lại địa chỉ", "This address is no Open311 server. Check the address"),
    Entry::new("error.not_allowed", "Thành phố không cho phép việc này. Đăng nhập hoặc kiểm tra mã truy cập", "The city does not allow this. Sign in, or check the access token"),
    Entry::new("error.no_endpoint", "Chưa có địa chỉ máy chủ của {city}. Hỏi đơn vị vận hành rồi nhập địa chỉ", "No server address is known for {city}. Ask the operator and enter it"),
    Entry::new("error.unknown_profile", "Không có cấu hình thành phố {name}. Xem danh sách rồi chọn lại", "There is no city profile {name}. See the list and choose again"),
    Entry::new("error.bad_profile", "Cấu hình thành phố có lỗi. Sửa các mục dưới đây", "The city profile has mistakes. Correct what is listed"),

    Entry::new("error.bad_input", "Không hiểu giá trị của {field}. Kiểm tra lại", "The value of {field} is not understood. Check it"),
    Entry::new("error.bad_code", "Mã tra cứu không đúng: sai một chữ số hoặc đảo chỗ. Đọc lại mã", "The reference code does not fit: a digit is wrong or two are swapped. Read it again"),
    Entry::new("error.not_found", "Không tìm thấy {number} trên máy này. Kiểm tra lại mã", "{number} is not on this device. Check the code"),
    Entry::new("error.ambiguous", "{number} khớp với {n} phản ánh. Ghi thêm chữ số", "{number} fits {n} reports. Give more digits"),
    Entry::new("error.not_now", "Chưa làm được việc này ở bước hiện tại. Xem tình trạng rồi thử lại", "This is not possible at this stage. See the status, then try again"),
    Entry::new("error.nothing_to_do", "Không có gì cần làm", "There is nothing to do"),
    Entry::new("error.too_late", "Không lấy lại được: thành phố có thể đã nhận. Chờ kiểm tra xong", "Too late to take it back: the city may have it. Wait for the check"),
    Entry::new("error.not_delivered", "Phản ánh này chưa đến thành phố. Chờ gửi xong rồi thử lại", "This report has not reached the city. Wait until it is sent, then try again"),
    Entry::new("error.cancelled", "Đã dừng theo yêu cầu của bạn. Không có gì thay đổi", "Stopped as you asked. Nothing has changed"),
    Entry::new("error.internal", "Ứng dụng gặp lỗi, dữ liệu vẫn được giữ. Báo mã {id} cho đơn vị vận hành", "The app met an error, the data is kept. Tell the operator the code {id}"),
];
