import Foundation
import Phananh
import Testing

/// Everything, one after the other: what a process holds is counted.
@Suite(.serialized) enum Everything {}

/// A keeper of secrets in memory. What `trouble` is set to is thrown by every call.
final class Keeper: SecureStore, @unchecked Sendable {
    private let lock = NSLock()
    private var secrets: [String: Data] = [:]
    private var failing: (any Error)?
    private var hook: (@Sendable () -> Void)?

    var trouble: (any Error)? {
        get { lock.withLock { failing } }
        set { lock.withLock { failing = newValue } }
    }

    var before: (@Sendable () -> Void)? {
        get { lock.withLock { hook } }
        set { lock.withLock { hook = newValue } }
    }

    private func opened() throws {
        before?()
        if let trouble { throw trouble }
    }

    func get(name: String) throws -> Data {
        try opened()
        guard let secret = lock.withLock({ secrets[name] }) else { throw SecretError.Missing }
        return secret
    }

    func set(name: String, secret: Data) throws {
        try opened()
        lock.withLock { secrets[name] = secret }
    }

    func remove(name: String) throws {
        try opened()
        lock.withLock { _ = secrets.removeValue(forKey: name) }
    }
}

struct Store: Sendable {
    let client: ReportClient
    let city: String
    let options: OpenOptions
    let keeper: Keeper
    let folder: URL

    @discardableResult
    func draft(_ text: String = "Cây đổ chắn đường") async throws -> Report {
        let changes = DraftChanges(service: "cay-xanh", text: text)
        return try await client.createDraft(draft: NewDraft(city: city, changes: changes))
    }
}

func newFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phananh-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

/// An address where nobody answers (RFC 863, and nothing listens on it).
let nowhere = "http://127.0.0.1:9"

/// A store in a folder of its own with the city `generic`, until `work` is done.
func withStore(_ work: @Sendable (Store) async throws -> Void) async throws {
    let folder = try newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let keeper = Keeper()
    let options = OpenOptions(folder: folder.appendingPathComponent("store").path, language: .vi)
    try await withReports(options, secrets: keeper) { client in
        let city = try await client.setCity(profile: bundledProfile(profile: .generic), endpoint: nowhere)
        try await work(Store(client: client, city: city, options: options, keeper: keeper, folder: folder))
    }
}
