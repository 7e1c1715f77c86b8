package vn.phananh.core

import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.ConcurrentHashMap
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

/** A keeper of secrets in memory. What `trouble` is set to is thrown by every call. */
class Keeper : SecureStore {
    private val secrets = ConcurrentHashMap<String, ByteArray>()

    @Volatile var trouble: Throwable? = null
    @Volatile var before: () -> Unit = {}

    private fun open() {
        before()
        trouble?.let { throw it }
    }

    override fun get(name: String): ByteArray {
        open()
        return secrets[name] ?: throw SecretException.Missing()
    }

    override fun set(name: String, secret: ByteArray) {
        open()
        secrets[name] = secret.copyOf()
    }

    override fun remove(name: String) {
        open()
        secrets.remove(name)
    }
}

/** Hangs become failures after this; nothing is expected to take long. */
val GUARD = 120.seconds

/** An address where nobody answers (RFC 863, and nothing listens on it). */
const val NOWHERE = "http://127.0.0.1:9"

fun <T> guarded(work: suspend CoroutineScope.() -> T): T = runBlocking { withTimeout(GUARD) { work() } }

fun newFolder(): Path = Files.createTempDirectory("phananh-").also { it.toFile().deleteOnExit() }

/** A store in a folder of its own with the city `generic`, until `work` is done. */
fun withStore(keeper: Keeper = Keeper(), work: suspend CoroutineScope.(Store) -> Unit) {
    val folder = newFolder()
    try {
        guarded {
            val options = OpenOptions(folder.resolve("store").toString(), Language.VI)
            withReports(options, keeper) { client ->
                val city = client.setCity(bundledProfile(BundledProfile.GENERIC), NOWHERE)
                work(Store(client, city, options, keeper, folder))
            }
        }
    } finally {
        folder.toFile().deleteRecursively()
    }
}

class Store(
    val client: ReportClient,
    val city: String,
    val options: OpenOptions,
    val keeper: Keeper,
    val folder: Path,
) {
    fun newDraft(text: String = "Cây đổ chắn đường") =
        NewDraft(city = city, changes = DraftChanges(service = "cay-xanh", text = text))

    suspend fun draft(text: String = "Cây đổ chắn đường"): Report = client.createDraft(newDraft(text))
}
