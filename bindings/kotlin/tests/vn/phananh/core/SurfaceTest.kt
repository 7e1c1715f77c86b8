package vn.phananh.core

import java.awt.image.BufferedImage
import java.nio.file.Path
import javax.imageio.ImageIO
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

/** What each method gives, without a city. */
class SurfaceTest {
    private fun picture(folder: Path, width: Int, height: Int): String {
        val file = folder.resolve("tree.png").toFile()
        val image = BufferedImage(width, height, BufferedImage.TYPE_INT_RGB)
        for (x in 0 until width) for (y in 0 until height) image.setRGB(x, y, (x * 255 / width shl 16) or 0x60A0)
        ImageIO.write(image, "png", file)
        return file.path
    }

    @Test
    fun aDraftSurvivesTheClient() = withStore { store ->
        val draft = store.draft()
        store.client.setPin(draft.id, 16.4637, 107.5909)
        store.client.setPlaceWords(draft.id, "kiệt 48 Ngô Quyền, gần chợ")
        store.client.shutDown()
        withReports(store.options, store.keeper) { again ->
            val report = again.report(draft.id)
            assertEquals(draft.referenceCode, report.referenceCode)
            assertEquals("kiệt 48 Ngô Quyền, gần chợ", report.content.place.words)
            assertEquals(Degrees(16.4637, 107.5909), report.content.place.located?.point)
            assertEquals(PlaceSource.PIN, report.content.place.located?.source)
        }
    }

    @Test
    fun anEditChangesWhatItNamesAndNothingElse() = withStore { store ->
        val draft = store.draft()
        val edited = store.client.editDraft(draft.id, DraftChanges(text = "Cây phượng đổ 🌳", urgency = Urgency.URGENT))
        assertEquals("Cây phượng đổ 🌳", edited.content.text)
        assertEquals(Urgency.URGENT, edited.content.urgency)
        assertEquals("cay-xanh", edited.content.service)
        assertEquals(draft.content.observedAt, edited.content.observedAt)
        val answered = store.client.answer(draft.id, listOf(Answer("CAO", listOf("5 m"))))
        assertEquals(listOf(Answer("CAO", listOf("5 m"))), answered.content.answers)
    }

    @Test
    fun listsPageNewestFirstAndSearchWithoutMarks() = withStore { store ->
        val made = listOf("Ổ gà", "Đèn đường hỏng", "Cống tắc").map { store.draft(it).id }
        val first = store.client.list(ListQuery(limit = 2u))
        assertEquals(listOf(made[2], made[1]), first.entries.map { it.report.id })
        val rest = store.client.list(ListQuery(limit = 2u, after = first.next))
        assertEquals(listOf(made[0]), rest.entries.map { it.report.id })
        assertNull(rest.next)
        val found = store.client.list(ListQuery(query = "den duong"))
        assertEquals(listOf(made[1]), found.entries.map { it.report.id })
        assertEquals(made[1], store.client.resolve(found.entries.single().report.referenceCode))
    }

    @Test
    fun aPhotoIsTakenInSmaller() = withStore { store ->
        val draft = store.draft()
        val added = store.client.addPhoto(draft.id, picture(store.folder, 2400, 1800))
        assertEquals(1600u, maxOf(added.file.width, added.file.height))
        assertTrue(added.file.bytes <= 300_000u)
        val attachment = store.client.status(draft.id).attachments.single()
        assertEquals(added.attachment, attachment.id)
        assertEquals(AttachmentState.Ready, attachment.state)
    }

    @Test
    fun aPhotoInTheBackgroundIsToldOfByAnEvent() = withStore { store ->
        val draft = store.draft()
        val listening = CompletableDeferred<Unit>()
        val ready = async {
            store.client.subscribe().use { events ->
                listening.complete(Unit)
                while (true) {
                    events.next() ?: error("ended")
                    val state = store.client.status(draft.id).attachments.singleOrNull()?.state
                    if (state == AttachmentState.Ready) return@async true
                }
                @Suppress("UNREACHABLE_CODE") false
            }
        }
        listening.await()
        store.client.startPhoto(draft.id, picture(store.folder, 800, 600))
        assertTrue(ready.await())
    }

    @Test
    fun sendingOffWithoutANetworkReturnsAndSaysWhyItWaits() = withStore { store ->
        store.client.setConnectivity(Network.OFFLINE)
        val draft = store.draft()
        store.client.setPin(draft.id, 16.4637, 107.5909)
        assertEquals(emptyList<Problem>(), store.client.problems(draft.id))
        assertEquals(emptyList<Problem>(), store.client.submit(draft.id))
        val why = store.client.why(draft.id)
        assertEquals(Reason.NO_NETWORK, why?.reason)
        assertEquals(WhenNext.WhenNetwork, why?.next)
        val job = store.client.queue().single()
        assertEquals(draft.id to JobKind.REPORT, job.report to job.kind)
        val report = store.client.drain(DrainLimits(pace = Pace.WAITS))
        assertEquals(listOf(0u, 1u, 0u, 0u), listOf(report.delivered, report.owed, report.needsCitizen, report.requests))
        store.client.recall(draft.id)
        assertEquals(Phase.DRAFT, store.client.report(draft.id).phase)
        store.client.discardDraft(store.draft().id)
    }

    @Test
    fun citiesTellTheirServices() = withStore { store ->
        assertEquals(listOf(store.city), store.client.cities().map { it.id })
        val hue = store.client.setCity(bundledProfile(BundledProfile.HUE))
        assertEquals(setOf(store.city, hue), store.client.cities().map { it.id }.toSet())
        val services = store.client.services(hue)
        assertTrue(services.isNotEmpty() && services.all { it.code.isNotEmpty() && it.name.isNotEmpty() })
        store.client.definition(hue, services.first().code)
    }

    @Test
    fun aFlowTellsWhatChanges() = withStore { store ->
        val begun = CompletableDeferred<Unit>()
        val heard = async {
            val events = store.client.subscribe()
            begun.complete(Unit)
            events.use { List(2) { _ -> it.next() } }
        }
        begun.await()
        val draft = store.draft()
        store.client.setPin(draft.id, 16.4637, 107.5909)
        assertEquals(List(2) { Event.Report(draft.id) }, heard.await())
    }

    @Test
    fun theFlowEndsWithTheClient() = withStore { store ->
        val listening = CompletableDeferred<Unit>()
        val heard = mutableListOf<Event>()
        val collecting = launch {
            store.client.changes().collect {
                heard += it
                listening.complete(Unit)
            }
        }
        // The flow begins to listen some time after its start: until then nobody hears.
        val draft = store.draft()
        while (!listening.isCompleted) {
            store.client.setPlaceWords(draft.id, "gần chợ")
            yield()
        }
        store.client.shutDown()
        collecting.join()
        assertEquals(setOf<Event>(Event.Report(draft.id)), heard.toSet())
    }
}
