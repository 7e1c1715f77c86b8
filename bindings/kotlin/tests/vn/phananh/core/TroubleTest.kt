package vn.phananh.core

import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assert.fail
import org.junit.Test
import vn.phananh.harness.Harness
import vn.phananh.harness.PhoneFault

/** The exception of that type, or a failure. */
inline fun <reified E : Throwable> thrown(work: () -> Unit): E {
    try {
        work()
    } catch (error: Throwable) {
        if (error is E) return error
        throw error
    }
    fail("no ${E::class.java.simpleName}")
    error("unreachable")
}

/** Bad input, refusals, a keeper that throws, a full disk, a bug: each a typed error, and the client goes on. */
class TroubleTest {
    @Test
    fun whatDoesNotExistIsNotFound() = withStore { store ->
        for (unknown in listOf("0198f2a0-0000-7000-8000-000000000001", "no id at all", "", "\u0000", "x".repeat(1_000_000))) {
            assertEquals("report", thrown<ClientException.NotFound> { store.client.report(unknown) }.what)
        }
        thrown<ClientException.NotFound> { store.client.createDraft(NewDraft(city = "nowhere", changes = DraftChanges())) }
    }

    @Test
    fun coordinatesThatNameNoPlaceAreRefused() = withStore { store ->
        val draft = store.draft()
        val bad = listOf(Double.NaN to 0.0, 0.0 to Double.NaN, Double.POSITIVE_INFINITY to 1.0, 91.0 to 0.0, 1.0 to 180.1, 0.0 to 0.0)
        for ((lat, lon) in bad) {
            assertEquals("place", thrown<ClientException.BadInput> { store.client.setPin(draft.id, lat, lon) }.field)
        }
        assertEquals(null, store.client.report(draft.id).content.place.located)
        // An accuracy that says nothing is none.
        val pinned = store.client.setPin(draft.id, 16.4, 107.5, Double.NaN)
        assertEquals(Located(Degrees(16.4, 107.5), null, PlaceSource.PIN), pinned.content.place.located)
    }

    @Test
    fun giantAndBrokenTextsAreRefusedOrKeptWhole() = withStore { store ->
        val giant = "ổ".repeat(5_000_000)
        assertEquals("text", thrown<ClientException.BadInput> { store.draft(giant) }.field)
        assertEquals(0, store.client.list(ListQuery()).entries.size)
        // Half an emoji is no character: refused before it reaches the core, and replaced by U+FFFD where asked.
        val half = "đèn \uD83C hỏng 🌳"
        thrown<CharacterCodingException> { store.draft(half) }
        val broken = store.draft(half.wellFormed())
        assertEquals("đèn \uFFFD hỏng 🌳", store.client.report(broken.id).content.text)
        assertEquals("error.bad_text", thrown<ClientException.BadInput> { store.draft("a\u0000b") }.code)
        val file = thrown<ClientException.BadInput> { store.client.addPhoto(broken.id, "/does/not\u0000/exist.jpg") }
        assertEquals("photo", file.field)
        thrown<ClientException.BadInput> { store.client.addPhoto(broken.id, "x".repeat(100_000)) }
        thrown<ClientException.BadInput> { store.client.setCity("{", null) }
        thrown<ClientException.BadInput> { store.client.setCity(bundledProfile(BundledProfile.HUE), "ftp://x") }
        thrown<ClientException.BadInput> { store.client.list(ListQuery(after = "no cursor")) }
    }

    @Test
    fun aFolderThatCannotBeIsAStorageError() = guarded {
        val options = OpenOptions("/proc/phananh/store", Language.EN)
        thrown<ClientException.Storage> { ReportClient.open(options, Keeper()) }
        Unit
    }

    @Test
    fun anIncompleteReportIsToldAllItsProblems() = withStore { store ->
        val draft = store.client.createDraft(NewDraft(city = store.city, changes = DraftChanges()))
        val problems = thrown<ClientException.Invalid> { store.client.submit(draft.id) }.problems
        val blocking = problems.filter { it.severity == Severity.BLOCKS }.map { it.field to it.code }
        assertTrue("service_code" to ProblemCode.REQUIRED in blocking && "place" to ProblemCode.REQUIRED in blocking)
        thrown<ClientException.NotNow> { store.client.retry(draft.id) }
    }

    @Test
    fun twoClientsOnOneFolder() = withStore { store ->
        val held = thrown<ClientException.StoreHeld> { ReportClient.open(store.options, store.keeper) }
        assertEquals("error.store_held", held.code)
        store.draft()
    }

    @Test
    fun aKeeperThatThrowsIsATypedError() = withStore { store ->
        val troubles = mapOf(
            SecretException.Locked() to "error.secrets_locked",
            SecretException.Failed("no hardware") to "error.secrets_failed",
            IllegalStateException("an exception that nobody declared") to "error.secrets_failed",
        )
        for ((trouble, code) in troubles) {
            store.keeper.trouble = trouble
            assertEquals(code, thrown<ClientException.Secrets> { store.draft() }.code)
        }
        store.keeper.trouble = null
        store.draft()
        assertEquals(1, store.client.list(ListQuery()).entries.size)
    }

    @Test
    fun aKeeperThatIsSlowAndCallsBackDoesNotStopTheRest() = withStore { store ->
        val before = store.draft()
        // From the core's own thread, back into the client, and slowly: no deadlock.
        store.keeper.before = {
            runBlocking { store.client.report(before.id) }
            Thread.sleep(300)
        }
        val draft = store.draft("Cống tắc")
        store.keeper.before = {}
        assertEquals("Cống tắc", store.client.report(draft.id).content.text)
    }

    @Test
    fun afterShutDownEveryCallSaysClosed() = withStore { store ->
        store.client.shutDown()
        store.client.shutDown()
        thrown<ClientException.Closed> { store.client.list(ListQuery()) }
        thrown<ClientException.Closed> { store.draft() }
        thrown<ClientException.Closed> { store.client.subscribe() }
        ReportClient.open(store.options, store.keeper).use { it.shutDown() }
    }

    @Test
    fun afterCloseAnObjectSaysSo() = withStore { store ->
        val client = ReportClient.open(OpenOptions(store.folder.resolve("other").toString(), Language.VI), Keeper())
        client.shutDown()
        client.close()
        thrown<IllegalStateException> { client.list(ListQuery()) }
        client.close()
    }

    private fun withFault(fault: PhoneFault, work: suspend (Harness, ReportClient, NewDraft) -> Unit) = guarded {
        Harness.start("""{"says": "a fault of the phone", "steps": []}""").use { world ->
            world.open(Keeper()).use { client ->
                val city = client.setCity(world.profile(), world.url())
                world.planFault(fault)
                work(world, client, NewDraft(city = city, changes = DraftChanges(text = "Ổ gà", service = "duong")))
                world.planFault(PhoneFault.NOTHING)
                assertEquals(emptyList<ListEntry>(), client.list(ListQuery()).entries)
                client.createDraft(NewDraft(city = city, changes = DraftChanges(text = "Ổ gà")))
                assertEquals(1, client.list(ListQuery()).entries.size)
                client.shutDown()
            }
        }
    }

    @Test
    fun aFullDiskIsSaidAndNothingIsHalf() = withFault(PhoneFault.DISK_FULL) { _, client, draft ->
        assertEquals("error.disk_full", thrown<ClientException.Storage> { client.createDraft(draft) }.code)
    }

    @Test
    fun aPanicOfTheCoreIsATypedErrorWithAnId() = withFault(PhoneFault.PANIC) { _, client, draft ->
        assertTrue(thrown<ClientException.Internal> { client.createDraft(draft) }.id.isNotEmpty())
    }
}
