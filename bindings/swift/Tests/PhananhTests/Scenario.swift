// Runs one scenario file through the bindings: every step of the citizen and the phone is a call of the client. The
// format is described in tests/scenarios/README.md. What is no business of the phone, and what is counted at the city,
// goes to the harness as it stands in the file. A step that is not known here is an error.

import Foundation
import Phananh

struct Differs: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

private let world: Set = ["line", "advance_s", "phone_clock_by_s", "reboot", "stranger", "desk", "expect_city"]

/// A phone that never comes to rest within so many drains never will.
private let drains = 400

/// Where the word of the command line is not the name of the value.
private let next = ["when_network": "network", "when_wifi": "wifi", "after_you": "citizen"]

private func snake(_ name: String) -> String {
    var word = ""
    for character in name {
        if character.isUppercase, !word.isEmpty { word.append("_") }
        word.append(character.lowercased())
    }
    return word
}

/// The word of the command line for a value of an enum.
private func word(_ value: Any) -> String {
    if let status = value as? CaseStatus, case .other(let raw) = status { return raw }
    let name = String(describing: value).prefix { $0 != "(" }
    let word = snake(String(name.split(separator: ".").last ?? ""))
    return next[word] ?? word
}

private func choice<E: CaseIterable>(_ text: String?, of: E.Type) throws -> E? {
    guard let text else { return nil }
    guard let found = E.allCases.first(where: { word($0) == text }) else { throw Differs("no \(E.self): \(text)") }
    return found
}

private func must<T>(_ value: T?, _ what: String) throws -> T {
    guard let value else { throw Differs("\(what) is missing") }
    return value
}

private func json(_ value: Json) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}

final class Run {
    private let steps: [Json]
    private let harness: Harness
    private let city: String
    private let keeper = Keeper()
    private var reports: [String: String] = [:]
    private var open: ReportClient?
    private var lastDrain: DrainReport?

    init(_ text: String) throws {
        steps = try JSONDecoder().decode(Json.self, from: Data(text.utf8))["steps"]?.items ?? []
        harness = try Harness.start(scenario: text)
        let profile = try JSONDecoder().decode(Json.self, from: Data(harness.profile().utf8))
        city = try must(profile["name"]?.string, "the city's name")
    }

    private var client: ReportClient {
        get throws { try must(open, "the process is dead, the next step must be `reopen`: it") }
    }

    func run() async throws {
        open = try await harness.open(secrets: keeper)
        _ = try await client.setCity(profile: harness.profile(), endpoint: harness.url())
        for (index, step) in steps.enumerated() {
            do {
                try await perform(step)
            } catch {
                throw Differs("step \(index + 1), \(try json(step))\n    \(error)")
            }
        }
    }

    private func id(_ says: Json) throws -> String {
        let name = says["report"]?.string ?? "it"
        return try must(reports[name], "a report called \"\(name)\"")
    }

    private func perform(_ step: Json) async throws {
        guard step.members.count == 1, let (name, says) = step.members.first else { throw Differs("no step") }
        if world.contains(name) {
            return try await harness.perform(step: json(step), seen: seen(name, says))
        }
        switch name {
        case "network":
            try await client.setConnectivity(network: must(choice(says.string, of: Network.self), "network"))
        case "draft": try await draft(says)
        case "edit": _ = try await client.editDraft(report: id(says), changes: DraftChanges(text: says["text"]?.string))
        case "photo":
            let path = try await harness.picture(size: must(says["made"]?.string, "made"))
            _ = try await client.addPhoto(report: id(says), original: path)
        case "submit": _ = try await client.submit(report: id(says))
        case "recall": try await client.recall(report: id(says))
        case "retry": try await client.retry(report: id(says))
        case "decide":
            let decision = try must(choice(says["decision"]?.string, of: Decision.self), "decision")
            try await client.decide(report: id(says), decision: decision)
        case "message":
            let message = NewMessage(body: try body(must(says["says"], "says")))
            _ = try await client.sendMessage(report: id(says), message: message)
        case "drain": try await drain(says)
        case "settle": try await settle()
        case "sync": _ = try await client.sync()
        case "services": _ = try await client.fetchServices(city: city)
        case "reopen":
            open = nil
            open = try await harness.open(secrets: keeper)
        case "expect": try await expect(says)
        case "expect_drain": try await expectDrain(says)
        case "fails": try await fails(says)
        default: throw Differs("unknown step \"\(name)\"")
        }
    }

    /// What the phone holds of the report that a step of the world names, if it has it.
    private func seen(_ name: String, _ says: Json) async throws -> Seen? {
        guard name == "desk" || name == "expect_city", let id = reports[says["report"]?.string ?? "it"] else { return nil }
        let status = try await client.status(report: id)
        return Seen(
            text: status.report.content.text,
            number: status.serviceRequestId,
            photos: status.attachments.compactMap { $0.file?.sha256 }
        )
    }

    private func draft(_ says: Json) async throws {
        let changes = DraftChanges(
            service: says["service"]?.string,
            title: says["title"]?.string,
            text: says["text"]?.string,
            urgency: try choice(says["urgency"]?.string, of: Urgency.self)
        )
        let report = try await client.createDraft(draft: NewDraft(city: city, changes: changes))
        let name = says["report"]?.string ?? "it"
        if reports.updateValue(report.id, forKey: name) != nil { throw Differs("two reports are called \"\(name)\"") }
        if let pin = says["pin"]?.items, pin.count == 2 {
            let (lat, lon) = (try must(pin[0].number, "lat"), try must(pin[1].number, "lon"))
            _ = try await client.setPin(report: report.id, lat: lat, lon: lon)
        }
        if let place = says["place"]?.string {
            _ = try await client.setPlaceWords(report: report.id, words: place)
        }
    }

    private func body(_ says: Json) throws -> MessageBody {
        guard says.members.count == 1, let (kind, value) = says.members.first else { throw Differs("no message") }
        switch kind {
        case "answer": return .answer(text: try must(value.string, "text"))
        case "comment": return .comment(text: try must(value.string, "text"))
        case "reopen": return .reopen(text: try must(value.string, "text"))
        case "withdraw": return .withdraw(text: value.string)
        case "remind": return .remind(text: value.string)
        case "rating":
            return .rating(
                satisfaction: try choice(value["satisfaction"]?.string, of: Satisfaction.self),
                fixed: try choice(value["fixed"]?.string, of: StillThere.self),
                text: value["text"]?.string
            )
        default: throw Differs("unknown message \"\(kind)\"")
        }
    }

    private func drain(_ says: Json) async throws {
        let limits = DrainLimits(
            maxBytes: says["max_bytes"]?.number.map { UInt64($0) },
            pace: try choice(says["pace"]?.string, of: Pace.self) ?? .waits
        )
        guard let killedAt = says["killed_at"] else {
            lastDrain = try await client.drain(limits: limits)
            return
        }
        try await harness.planKill(killedAt: json(killedAt))
        // What the dying process answers reaches nobody.
        _ = try? await client.drain(limits: limits)
        try await harness.bury()
        open = nil
        lastDrain = nil
    }

    private func settle() async throws {
        for _ in 0..<drains {
            let report = try await client.drain(limits: DrainLimits(pace: .waits))
            lastDrain = report
            guard let due = report.nextDueAt else { return }
            try await harness.advanceTo(atMs: due)
        }
        throw Differs("still not at rest after \(drains) drains")
    }

    private func expect(_ says: Json) async throws {
        let status = try await client.status(report: id(says))
        var owed: UInt32?
        var isTracked: Bool?
        if case .delivered(let attachmentsOwed, let tracked) = status.delivery {
            (owed, isTracked) = (attachmentsOwed, tracked)
        }
        var events: [CaseEvent] = []
        var pending: [String] = []
        for entry in status.timeline {
            switch entry {
            case .city(let event): events.append(event)
            case .pending(_, let kind, _, _): pending.append(word(kind))
            case .takenBack: break
            }
        }
        for (what, wanted) in says.members {
            switch what {
            case "report": break
            case "phase": try same(what, wanted, word(status.report.phase))
            case "delivery": try same(what, wanted, word(status.delivery))
            case "why": try same(what, wanted, status.why.map { word($0.reason) })
            case "next": try same(what, wanted, status.why.map { word($0.next) })
            case "attachments_owed": try same(what, wanted, owed.map { Int64($0) })
            case "tracked": try same(what, wanted, isTracked)
            case "case_status": try same(what, wanted, status.caseStatus.map { word($0) })
            case "outcome": try same(what, wanted, status.outcome)
            case "refused_with": try same(what, wanted, (status.refusal?.status).map { Int64($0) })
            case "pending": try same(what, wanted, .array(pending.map { .string($0) }))
            case "timeline":
                var left = events.map(\.kind)[...]
                for kind in wanted.items {
                    guard let at = left.firstIndex(where: { $0 == kind.string }) else {
                        throw Differs("timeline: expected \(wanted) in this order, found \(events.map(\.kind))")
                    }
                    left = left[(at + 1)...]
                }
            case "timeline_says":
                if !events.contains(where: { $0.text == wanted.string }) {
                    throw Differs("timeline_says: expected \(wanted) in \(events.map(\.text))")
                }
            default: throw Differs("unknown expectation \"\(what)\"")
            }
        }
    }

    private func expectDrain(_ says: Json) async throws {
        let last = try must(lastDrain, "a drain")
        for (what, wanted) in says.members {
            switch what {
            case "delivered": try same(what, wanted, Int64(last.delivered))
            case "owed": try same(what, wanted, Int64(last.owed))
            case "needs_citizen": try same(what, wanted, Int64(last.needsCitizen))
            case "requests": try same(what, wanted, Int64(last.requests))
            case "next_due_in_s":
                let now = try await harness.nowMs()
                try same(what, wanted, last.nextDueAt.map { ($0 - now) / 1000 })
            default: throw Differs("unknown expectation \"\(what)\"")
            }
        }
    }

    private func fails(_ says: Json) async throws {
        let step = try must(says["step"], "step")
        let name = step.members.keys.first ?? ""
        if name == "fails" || name.hasPrefix("expect") || world.contains(name) {
            throw Differs("\"\(name)\" inside `fails` is no call of the client")
        }
        do {
            try await perform(step)
        } catch let error as ClientError {
            try same("error", must(says["error"], "error"), word(error))
            guard let code = says["code"]?.string else { return }
            let codes: [String]
            switch error {
            case .Invalid(let problems): codes = problems.map { word($0.code) }
            case .BadInput(_, let code), .NotNow(let code), .Storage(let code), .StoreHeld(let code, _),
                .Secrets(let code), .Network(let code):
                codes = [code]
            case .NotFound, .Ambiguous, .Closed, .Internal: codes = []
            }
            if !codes.contains(code) { throw Differs("code: expected \(code), found \(codes)") }
            return
        }
        throw Differs("must be refused, and was not")
    }

    private func same(_ what: String, _ wanted: Json, _ found: Json) throws {
        if wanted != found { throw Differs("\(what): expected \(wanted), found \(found)") }
    }

    private func same(_ what: String, _ wanted: Json, _ found: String?) throws {
        try same(what, wanted, found.map { .string($0) } ?? .null)
    }

    private func same(_ what: String, _ wanted: Json, _ found: Int64?) throws {
        try same(what, wanted, found.map { .int($0) } ?? .null)
    }

    private func same(_ what: String, _ wanted: Json, _ found: Bool?) throws {
        try same(what, wanted, found.map { .bool($0) } ?? .null)
    }
}
