import Foundation
import Testing

extension Everything {
    /// Every file of the folder that `PHANANH_SCENARIOS` names, each a case.
    struct ScenariosTests {
        static let files: [String] = {
            // The city and the line live in this process, and Linux kills who writes to a socket that was cut. (Sockets of
            // the core never do that on Apple platforms; on Android the system ignores the signal.)
            signal(SIGPIPE, SIG_IGN)
            let folder = ProcessInfo.processInfo.environment["PHANANH_SCENARIOS"] ?? "."
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/\($0)" }
        }()

        @Test func thereAreSome() {
            #expect(!Self.files.isEmpty)
        }

        @Test(arguments: files)
        func holds(file: String) async throws {
            let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
            let begun = Date()
            do {
                try await Run(String(contentsOfFile: file, encoding: .utf8)).run()
            } catch {
                print("scenario \(name) FAILED")
                throw error
            }
            print("scenario \(name) ok \(String(format: "%.2f", Date().timeIntervalSince(begun))) s")
        }
    }
}
