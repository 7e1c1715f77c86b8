import Foundation
import Phananh
import Testing

extension Everything {
    /// The program that docs/embedding.md is: its blocks, in order.
    struct GuideTests {
        @Test func theGuideFilesAReport() async throws {
            let world = try Harness.start(scenario: #"{"says": "the guide", "steps": []}"#)
            let app = try newFolder()
            defer { try? FileManager.default.removeItem(at: app) }
            let reports = try await openReports(app: app)
            let report = try await fileAReport(reports, profile: world.profile(), address: world.url())
            let status = try await untilItStands(reports, report: report)
            guard case .delivered = status.delivery else {
                Issue.record("\(status.delivery)")
                return
            }
            #expect(try await reports.status(report: report).report.id == report, "also after it left the front")
            try await reports.shutDown()
            try await world.perform(step: #"{"expect_city": {"cases": 1, "posts": 1}}"#, seen: nil)
        }
    }
}
