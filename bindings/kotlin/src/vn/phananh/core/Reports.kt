/*
 * What a Kotlin app wants around the generated classes: events as a Flow, and an open store that cannot be forgotten
 * open, text that Kotlin's strings may hold and Unicode does not. Nothing is decided here.
 */
package vn.phananh.core

import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext

/**
 * What changes from now on, until the client is shut down or the collector goes.
 *
 * An event says what changed, never how: read the new state. After [Event.Resync] read everything again.
 */
fun ReportClient.changes(): Flow<Event> = flow {
    subscribe().use { events ->
        while (true) {
            emit(events.next() ?: break)
        }
    }
}

/**
 * Opens a store, works with it, and lets its folder go in every case: an app that keeps files locked while it sleeps
 * is killed, and a client that is only garbage is closed late.
 *
 * @throws ClientException as [ReportClient.open].
 */
suspend fun <T> withReports(options: OpenOptions, secrets: SecureStore, work: suspend (ReportClient) -> T): T =
    ReportClient.open(options, secrets).use { client ->
        try {
            work(client)
        } finally {
            withContext(NonCancellable) { client.shutDown() }
        }
    }

/**
 * The text with U+FFFD in place of each lone surrogate. A keyboard or a cut in the middle of an emoji leaves such halves
 * in a Kotlin string; they are no characters, and a call that is given one throws a
 * [java.nio.charset.CharacterCodingException] before it reaches the core. Call this on what a person typed.
 */
fun String.wellFormed(): String {
    if (none { it.isSurrogate() }) return this
    val whole = StringBuilder(length)
    var at = 0
    while (at < length) {
        val point = codePointAt(at)
        whole.appendCodePoint(if (point in 0xD800..0xDFFF) 0xFFFD else point)
        at += Character.charCount(point)
    }
    return whole.toString()
}
