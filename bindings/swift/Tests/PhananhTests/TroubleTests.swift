import Foundation
import Phananh
import Testing

/// The error of that kind, or an issue.
func refused(_ work: () async throws -> Void) async -> ClientError? {
    do {
        try await work()
        Issue.record("must be refused, and was not")
    } catch let error as ClientError {
        return error
    } catch {
        Issue.record("not one of ours: \(error)")
    }
    return nil
}

struct Unheard: Error {}

extension Everything {
    /// Bad input, refusals, a keeper that throws, a full disk, a bug: each a typed error, and the client goes on.
    struct TroubleTests {
        @Test func whatDoesNotExistIsNotFound() async throws {
            try await withStore { store in
                let unknowns = ["0198f2a0-0000-7000-8000-000000000001", "no id at all", "", "\0", String(repeating: "x", count: 1_000_000)]
                for unknown in unknowns {
                    #expect(await refused { _ = try await store.client.report(report: unknown) } == .NotFound(what: "report"))
                }
            }
        }

        @Test func coordinatesThatNameNoPlaceAreRefused() async throws {
            try await withStore { store in
                let draft = try await store.draft()
                let bad: [(Double, Double)] = [(.nan, 0), (0, .nan), (.infinity, 1), (91, 0), (1, 180.1), (0, 0)]
                for (lat, lon) in bad {
                    let error = await refused { _ = try await store.client.setPin(report: draft.id, lat: lat, lon: lon) }
                    #expect(error == .BadInput(field: "place", code: "error.not_a_place"))
                }
                #expect(try await store.client.report(report: draft.id).content.place.located == nil)
            }
        }

        @Test func giantAndBrokenTextsAreRefused() async throws {
            try await withStore { store in
                let giant = String(repeating: "ổ", count: 5_000_000)
                guard case .BadInput("text", _) = await refused({ try await store.draft(giant) }) else {
                    Issue.record("not refused by its field")
                    return
                }
                #expect(try await store.client.list(query: ListQuery()).entries.isEmpty)
                let draft = try await store.draft()
                for path in ["/does/not/exist.jpg", String(repeating: "x", count: 100_000), ""] {
                    guard case .BadInput("photo", _) = await refused({ _ = try await store.client.addPhoto(report: draft.id, original: path) })
                    else { Issue.record("\(path.prefix(20))"); return }
                }
                #expect(await refused { _ = try await store.client.setCity(profile: "{") } == .BadInput(field: "profile", code: "error.bad_profile"))
            }
        }

        @Test func anIncompleteReportIsToldAllItsProblems() async throws {
            try await withStore { store in
                let draft = try await store.client.createDraft(draft: NewDraft(city: store.city, changes: DraftChanges()))
                guard case .Invalid(let problems) = await refused({ _ = try await store.client.submit(report: draft.id) }) else {
                    Issue.record("not told")
                    return
                }
                let blocking = problems.filter { $0.severity == .blocks }
                #expect(blocking.contains { $0.field == "service_code" && $0.code == .required })
                #expect(blocking.contains { $0.field == "place" && $0.code == .required })
            }
        }

        @Test func twoClientsOnOneFolder() async throws {
            try await withStore { store in
                let error = await refused { _ = try await ReportClient.open(options: store.options, secrets: store.keeper) }
                guard case .StoreHeld("error.store_held", _) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                try await store.draft()
            }
        }

        @Test func aKeeperThatThrowsIsATypedError() async throws {
            try await withStore { store in
                let troubles: [(any Error, String)] = [
                    (SecretError.Locked, "error.secrets_locked"),
                    (SecretError.Failed(reason: "no hardware"), "error.secrets_failed"),
                    (Unheard(), "error.secrets_failed"),
                ]
                for (trouble, code) in troubles {
                    store.keeper.trouble = trouble
                    #expect(await refused { try await store.draft() } == .Secrets(code: code))
                }
                store.keeper.trouble = nil
                try await store.draft()
                #expect(try await store.client.list(query: ListQuery()).entries.count == 1)
            }
        }

        @Test func aSlowKeeperStopsNothingElse() async throws {
            try await withStore { store in
                let before = try await store.draft()
                store.keeper.before = { Thread.sleep(forTimeInterval: 0.3) }
                async let slow = store.draft("Cống tắc")
                #expect(try await store.client.report(report: before.id).id == before.id)
                #expect(try await slow.content.text == "Cống tắc")
            }
        }

        @Test func afterShutDownEveryCallSaysClosed() async throws {
            try await withStore { store in
                try await store.client.shutDown()
                try await store.client.shutDown()
                #expect(await refused { _ = try await store.client.list(query: ListQuery()) } == .Closed)
                #expect(await refused { try await store.draft() } == .Closed)
                #expect(await refused { _ = try await store.client.changes() } == .Closed)
            }
        }

        private func withFault(_ fault: PhoneFault, _ check: @Sendable (ClientError?) -> Void) async throws {
            let world = try Harness.start(scenario: #"{"says": "a fault of the phone", "steps": []}"#)
            let client = try await world.open(secrets: Keeper())
            let city = try await client.setCity(profile: world.profile(), endpoint: world.url())
            let draft = NewDraft(city: city, changes: DraftChanges(service: "duong", text: "Ổ gà"))
            try await world.planFault(fault: fault)
            check(await refused { _ = try await client.createDraft(draft: draft) })
            try await world.planFault(fault: .nothing)
            #expect(try await client.list(query: ListQuery()).entries.isEmpty)
            _ = try await client.createDraft(draft: draft)
            #expect(try await client.list(query: ListQuery()).entries.count == 1)
            try await client.shutDown()
        }

        @Test func aFullDiskIsSaidAndNothingIsHalf() async throws {
            try await withFault(.diskFull) { #expect($0 == .Storage(code: "error.disk_full")) }
        }

        @Test func aPanicOfTheCoreIsATypedErrorWithAnId() async throws {
            try await withFault(.panic) { error in
                guard case .Internal(let id) = error, !id.isEmpty else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
    }
}
