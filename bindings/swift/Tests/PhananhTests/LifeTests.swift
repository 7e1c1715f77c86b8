import Foundation
import Phananh
import Testing

extension Everything {
    /// What each method gives, threads, cancellation, ends, leaks.
    struct LifeTests {
        @Test func aDraftSurvivesTheClient() async throws {
            try await withStore { store in
                let draft = try await store.draft()
                _ = try await store.client.setPin(report: draft.id, lat: 16.4637, lon: 107.5909)
                _ = try await store.client.setPlaceWords(report: draft.id, words: "kiệt 48 Ngô Quyền, gần chợ")
                try await store.client.shutDown()
                try await withReports(store.options, secrets: store.keeper) { again in
                    let report = try await again.report(report: draft.id)
                    #expect(report.referenceCode == draft.referenceCode)
                    #expect(report.content.place.words == "kiệt 48 Ngô Quyền, gần chợ")
                    #expect(report.content.place.located?.point == Degrees(lat: 16.4637, lon: 107.5909))
                }
            }
        }

        @Test func listsPageNewestFirstAndSearchWithoutMarks() async throws {
            try await withStore { store in
                var made: [String] = []
                for text in ["Ổ gà", "Đèn đường hỏng", "Cống tắc"] { made.append(try await store.draft(text).id) }
                let first = try await store.client.list(query: ListQuery(limit: 2))
                #expect(first.entries.map(\.report.id) == [made[2], made[1]])
                let rest = try await store.client.list(query: ListQuery(after: first.next, limit: 2))
                #expect(rest.entries.map(\.report.id) == [made[0]] && rest.next == nil)
                let found = try await store.client.list(query: ListQuery(query: "den duong"))
                #expect(found.entries.map(\.report.id) == [made[1]])
                #expect(try await store.client.resolve(name: found.entries[0].report.referenceCode) == made[1])
            }
        }

        @Test func sendingOffWithoutANetworkReturnsAndSaysWhyItWaits() async throws {
            try await withStore { store in
                try await store.client.setConnectivity(network: .offline)
                let draft = try await store.draft()
                _ = try await store.client.setPin(report: draft.id, lat: 16.4637, lon: 107.5909)
                #expect(try await store.client.submit(report: draft.id).isEmpty)
                let why = try await store.client.why(report: draft.id)
                #expect(why?.reason == .noNetwork && why?.next == .whenNetwork)
                #expect(try await store.client.queue().map(\.report) == [draft.id])
                try await store.client.recall(report: draft.id)
                #expect(try await store.client.report(report: draft.id).phase == .draft)
            }
        }

        @Test func citiesTellTheirServices() async throws {
            try await withStore { store in
                let hue = try await store.client.setCity(profile: bundledProfile(profile: .hue))
                #expect(Set(try await store.client.cities().map(\.id)) == [store.city, hue])
                #expect(!(try await store.client.services(city: hue)).isEmpty)
            }
        }

        @Test func eventsAreASequenceThatEndsWithTheClient() async throws {
            try await withStore { store in
                let changes = try await store.client.changes()
                let listening = Task { () -> [Event] in
                    var heard: [Event] = []
                    for await event in changes { heard.append(event) }
                    return heard
                }
                let draft = try await store.draft()
                _ = try await store.client.setPlaceWords(report: draft.id, words: "gần chợ")
                try await store.client.shutDown()
                let heard = await listening.value
                #expect(heard.allSatisfy { $0 == .report(report: draft.id) })
            }
        }

        @Test func aThousandCallsAtOnce() async throws {
            try await withStore { store in
                var drafts: [String] = []
                for n in 0..<20 { drafts.append(try await store.draft("Ổ gà số \(n)").id) }
                let ids = drafts
                let texts = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                    for n in 0..<1_000 {
                        group.addTask { (n, try await store.client.report(report: ids[n % 20]).content.text) }
                    }
                    return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
                }
                #expect(texts.count == 1_000 && texts.allSatisfy { $0.value == "Ổ gà số \($0.key % 20)" })
            }
        }

        @Test func aCallWhoseTaskIsCancelledIsWholeOrAbsent() async throws {
            try await withStore { store in
                let calls = (0..<16).map { n in Task { try await store.draft("Ổ gà số \(n)") } }
                for (n, call) in calls.enumerated() where n % 2 == 0 { call.cancel() }
                for call in calls { _ = await call.result }
                let texts = try await store.client.list(query: ListQuery()).entries.map(\.report.content.text)
                #expect(Set(texts).isSuperset(of: (0..<8).map { "Ổ gà số \(2 * $0 + 1)" }))
                #expect(Set(texts).count == texts.count)
            }
        }

        @Test func shutDownWhileCallsRun() async throws {
            try await withStore { store in
                let draft = try await store.draft()
                let calls = (0..<200).map { n in
                    Task { try await store.client.editDraft(report: draft.id, changes: DraftChanges(text: "lần \(n)")) }
                }
                try await store.client.shutDown()
                for call in calls {
                    if case .failure(let error) = await call.result { #expect(error as? ClientError == .Closed) }
                }
            }
        }

        private func count(_ folder: String) -> Int {
            (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0
        }

        private func residentMb() -> Int {
            let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? ""
            return (Int(line.filter(\.isNumber)) ?? 0) / 1024
        }

        @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/fd"), "needs /proc"))
        func threeHundredOpeningsAndTenThousandHandlesLeaveNothing() async throws {
            let folder = try newFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let options = OpenOptions(folder: folder.appendingPathComponent("store").path, language: .vi)
            let keeper = Keeper()
            @Sendable func open() async throws {
                try await withReports(options, secrets: keeper) { client in
                    let city = try await client.setCity(profile: bundledProfile(profile: .generic))
                    for _ in 0..<34 { _ = try await client.subscribe() }
                    _ = try await client.createDraft(draft: NewDraft(city: city, changes: DraftChanges(text: "x")))
                    _ = try await client.list(query: ListQuery(limit: 20))
                }
            }
            for _ in 0..<30 { try await open() }
            let before = (count("/proc/self/fd"), count("/proc/self/task"), residentMb())
            for _ in 0..<300 { try await open() }
            let after = (count("/proc/self/fd"), count("/proc/self/task"), residentMb())
            print("300 openings: descriptors, threads, MB \(before) -> \(after)")
            #expect(after.0 <= before.0 + 8)
            #expect(after.1 <= before.1 + 8)
            #expect(after.2 <= before.2 + 60)
        }
    }
}
