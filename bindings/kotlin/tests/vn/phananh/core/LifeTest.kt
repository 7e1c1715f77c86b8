package vn.phananh.core

import java.io.File
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Test

/** Threads, cancellation, ends, leaks. */
class LifeTest {
    @Test
    fun aThousandCallsAtOnce() = withStore { store ->
        val drafts = List(20) { store.draft("Ổ gà số $it") }
        val answers = List(1_000) { n ->
            async(Dispatchers.IO) { store.client.report(drafts[n % drafts.size].id).content.text }
        }.awaitAll()
        assertEquals(List(1_000) { "Ổ gà số ${it % 20}" }, answers)
    }

    @Test
    fun aCallThatIsCancelledIsWholeOrAbsent() = withStore { store ->
        val calls = List(16) { n ->
            launch(Dispatchers.IO, CoroutineStart.UNDISPATCHED) { store.draft("Ổ gà số $n") }
        }
        calls.filterIndexed { n, _ -> n % 2 == 0 }.forEach { it.cancelAndJoin() }
        calls.forEach { it.join() }
        store.client.shutDown()
        withReports(store.options, store.keeper) { again ->
            val texts = again.list(ListQuery()).entries.map { it.report.content.text }
            assertTrue(texts.containsAll(List(8) { "Ổ gà số ${2 * it + 1}" }))
            assertEquals("none twice", texts.size, texts.toSet().size)
        }
    }

    @Test
    fun shutDownWhileCallsRun() = withStore { store ->
        val draft = store.draft()
        val calls = List(200) {
            async(Dispatchers.IO) {
                try {
                    store.client.editDraft(draft.id, DraftChanges(text = "lần $it"))
                    true
                } catch (_: ClientException.Closed) {
                    false
                }
            }
        }
        store.client.shutDown()
        calls.awaitAll()
        withReports(store.options, store.keeper) { again ->
            assertTrue(Regex("Cây đổ chắn đường|lần \\d+").matches(again.report(draft.id).content.text))
        }
    }

    @Test
    fun closeWhileCallsRun() = withStore { store ->
        val other = OpenOptions(store.folder.resolve("other").toString(), Language.VI)
        repeat(20) {
            val client = ReportClient.open(other, store.keeper)
            val calls = List(20) {
                async(Dispatchers.IO) {
                    try {
                        client.list(ListQuery())
                    } catch (_: ClientException.Closed) {
                        null
                    } catch (_: IllegalStateException) {
                        null // the handle is gone already
                    }
                }
            }
            client.shutDown()
            client.close()
            calls.awaitAll()
        }
    }

    private val process = File("/proc/self")

    private fun descriptors() = File(process, "fd").list().orEmpty().size

    private fun threads() = File(process, "task").list().orEmpty().size

    private fun residentMb(): Long {
        System.gc()
        val status = File(process, "status").readLines().first { it.startsWith("VmRSS") }
        return status.filter { it.isDigit() }.toLong() / 1024
    }

    @Test
    fun threeHundredOpeningsLeaveNothing() {
        assumeTrue("needs /proc", process.isDirectory)
        val folder = newFolder()
        val options = OpenOptions(folder.resolve("store").toString(), Language.VI)
        val keeper = Keeper()
        fun open() = guarded {
            withReports(options, keeper) { client ->
                val city = client.setCity(bundledProfile(BundledProfile.GENERIC))
                client.subscribe().use { client.createDraft(NewDraft(city = city, changes = DraftChanges(text = "x"))) }
                client.list(ListQuery(limit = 20u))
            }
        }
        repeat(30) { open() }
        val before = Triple(descriptors(), threads(), residentMb())
        repeat(300) { open() }
        val after = Triple(descriptors(), threads(), residentMb())
        println("300 openings: descriptors, threads, MB $before -> $after")
        assertTrue("descriptors $before -> $after", after.first <= before.first + 8)
        assertTrue("threads $before -> $after", after.second <= before.second + 8)
        assertTrue("memory $before -> $after", after.third <= before.third + 60)
        folder.toFile().deleteRecursively()
    }

    @Test
    fun tenThousandRecordsAndHandlesLeaveNothing() = withStore { store ->
        assumeTrue("needs /proc", process.isDirectory)
        repeat(100) { store.draft("Đèn đường số $it hỏng") }
        suspend fun read(pages: Int) = repeat(pages) {
            assertEquals(100, store.client.list(ListQuery(limit = 100u)).entries.size)
            store.client.subscribe().close()
        }
        read(20)
        val before = descriptors() to residentMb()
        read(100)
        repeat(9_900) { store.client.subscribe().close() }
        val after = descriptors() to residentMb()
        println("10,000 records and handles: descriptors, MB $before -> $after")
        assertTrue("descriptors $before -> $after", after.first <= before.first + 8)
        assertTrue("memory $before -> $after", after.second <= before.second + 60)
    }
}
