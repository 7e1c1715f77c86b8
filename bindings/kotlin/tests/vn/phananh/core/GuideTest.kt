package vn.phananh.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import vn.phananh.guide.fileAReport
import vn.phananh.guide.openReports
import vn.phananh.guide.untilItStands
import vn.phananh.harness.Harness

/** The program that docs/embedding.md is: its blocks, in order. */
class GuideTest {
    @Test
    fun theGuideFilesAReport() = guarded {
        Harness.start("""{"says": "the guide", "steps": []}""").use { world ->
            val app = newFolder().toFile()
            openReports(app).use { reports ->
                val report = fileAReport(reports, world.profile(), world.url())
                val status = untilItStands(reports, report)
                assertTrue("${status.delivery}", status.delivery is Delivery.Delivered)
                assertEquals("after it left the front, it works all the same", report, reports.status(report).report.id)
                reports.shutDown()
            }
            world.perform("""{"expect_city": {"cases": 1, "posts": 1}}""", null)
            app.deleteRecursively()
        }
        Unit
    }
}
