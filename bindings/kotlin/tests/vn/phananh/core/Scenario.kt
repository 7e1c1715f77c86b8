/*
 * Runs one scenario file through the bindings: every step of the citizen and the phone is a call of the client. The
 * format is described in tests/scenarios/README.md. What is no business of the phone, and what is counted at the city,
 * goes to the harness as it stands in the file. A step that is not known here is an error.
 */
package vn.phananh.core

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.double
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import vn.phananh.harness.Harness
import vn.phananh.harness.Seen

/** A phone that never comes to rest within so many drains never will. */
private const val DRAINS = 400

private val WORLD =
    setOf("line", "advance_s", "phone_clock_by_s", "reboot", "stranger", "desk", "expect_city")

/** Where the word of the command line is not the name of the value. */
private val NEXT = mapOf("when_network" to "network", "when_wifi" to "wifi", "after_you" to "citizen")

class Differs(text: String, cause: Throwable? = null) : AssertionError(text, cause)

private fun snake(name: String) = name.replace(Regex("(?<=[a-z])(?=[A-Z])"), "_").lowercase()

/** The word of the command line for a value of an enum. */
private fun word(value: Any): String = when (value) {
    is CaseStatus.Other -> value.v1
    is Enum<*> -> value.name.lowercase()
    else -> snake(value::class.java.simpleName).let { NEXT[it] ?: it }
}

private inline fun <reified E : Enum<E>> choice(text: String?): E? = text?.let { enumValueOf<E>(it.uppercase()) }

private fun JsonObject.text(name: String): String? = this[name]?.jsonPrimitive?.contentOrNull

class Run(text: String) : AutoCloseable {
    private val steps = Json.parseToJsonElement(text).jsonObject.getValue("steps").jsonArray
    private val world = Harness.start(text)
    private val city = Json.parseToJsonElement(world.profile()).jsonObject.text("name")!!
    private val keeper = Keeper()
    private val reports = mutableMapOf<String, String>()
    private var open: ReportClient? = null
    private var lastDrain: DrainReport? = null

    private val client get() = open ?: throw Differs("the process is dead: the next step must be `reopen`")

    suspend fun run() {
        reopen()
        client.setCity(world.profile(), world.url())
        steps.forEachIndexed { index, step ->
            try {
                perform(step.jsonObject)
            } catch (error: Throwable) {
                throw Differs("step ${index + 1}, $step\n    $error", error)
            }
        }
    }

    override fun close() {
        open?.close()
        world.close()
    }

    private fun id(says: JsonObject): String {
        val name = says.text("report") ?: "it"
        return reports[name] ?: throw Differs("no report is called \"$name\"")
    }

    private suspend fun perform(step: JsonObject) {
        val (name, says) = step.entries.single()
        if (name in WORLD) return world.perform(step.toString(), seen(name, says))
        when (name) {
            "network" -> client.setConnectivity(choice<Network>(says.jsonPrimitive.content)!!)
            "settle" -> settle()
            "sync" -> client.sync()
            "services" -> client.fetchServices(city)
            "reopen" -> reopen()
            else -> about(name, says.jsonObject)
        }
    }

    private suspend fun about(name: String, says: JsonObject) {
        when (name) {
            "draft" -> draft(says)
            "edit" -> client.editDraft(id(says), DraftChanges(text = says.text("text")))
            "photo" -> client.addPhoto(id(says), world.picture(says.text("made")!!))
            "submit" -> client.submit(id(says))
            "recall" -> client.recall(id(says))
            "retry" -> client.retry(id(says))
            "decide" -> client.decide(id(says), choice<Decision>(says.text("decision"))!!)
            "message" -> client.sendMessage(id(says), NewMessage(body(says.getValue("says").jsonObject)))
            "drain" -> drain(says)
            "expect" -> expect(says)
            "expect_drain" -> expectDrain(says)
            "fails" -> fails(says)
            else -> throw Differs("unknown step \"$name\"")
        }
    }

    /** What the phone holds of the report that a step of the world names, if it has it. */
    private suspend fun seen(name: String, says: JsonElement): Seen? {
        if (name != "desk" && name != "expect_city") return null
        val id = reports[says.jsonObject.text("report") ?: "it"] ?: return null
        val status = client.status(id)
        val photos = status.attachments.mapNotNull { it.file?.sha256 }
        return Seen(status.report.content.text, status.serviceRequestId, photos)
    }

    private suspend fun reopen() {
        open?.close()
        open = world.open(keeper)
    }

    private suspend fun draft(says: JsonObject) {
        val changes = DraftChanges(
            service = says.text("service"),
            title = says.text("title"),
            text = says.text("text"),
            urgency = choice<Urgency>(says.text("urgency")),
        )
        val report = client.createDraft(NewDraft(city = city, changes = changes))
        val name = says.text("report") ?: "it"
        if (reports.put(name, report.id) != null) throw Differs("two reports are called \"$name\"")
        (says["pin"] as? JsonArray)?.let { (lat, lon) ->
            client.setPin(report.id, lat.jsonPrimitive.double, lon.jsonPrimitive.double)
        }
        says.text("place")?.let { client.setPlaceWords(report.id, it) }
    }

    private fun body(says: JsonObject): MessageBody {
        val (kind, value) = says.entries.single()
        val text = (value as? JsonPrimitive)?.contentOrNull
        return when (kind) {
            "answer" -> MessageBody.Answer(text!!)
            "comment" -> MessageBody.Comment(text!!)
            "reopen" -> MessageBody.Reopen(text!!)
            "withdraw" -> MessageBody.Withdraw(text)
            "remind" -> MessageBody.Remind(text)
            "rating" -> value.jsonObject.let {
                MessageBody.Rating(choice(it.text("satisfaction")), choice(it.text("fixed")), it.text("text"))
            }
            else -> throw Differs("unknown message \"$kind\"")
        }
    }

    private suspend fun drain(says: JsonObject) {
        val limits = DrainLimits(
            maxBytes = says["max_bytes"]?.jsonPrimitive?.long?.toULong(),
            pace = choice<Pace>(says.text("pace")) ?: Pace.WAITS,
        )
        val killedAt = says["killed_at"]
        if (killedAt == null || killedAt is JsonNull) {
            lastDrain = client.drain(limits)
            return
        }
        world.planKill(killedAt.toString())
        try {
            client.drain(limits)
        } catch (_: ClientException) {
            // What the dying process answers reaches nobody.
        }
        world.bury()
        open?.close()
        open = null
        lastDrain = null
    }

    private suspend fun settle() {
        repeat(DRAINS) {
            val report = client.drain(DrainLimits(pace = Pace.WAITS))
            lastDrain = report
            world.advanceTo(report.nextDueAt ?: return)
        }
        throw Differs("still not at rest after $DRAINS drains")
    }

    private suspend fun expect(says: JsonObject) {
        val status = client.status(id(says))
        val delivered = status.delivery as? Delivery.Delivered
        val events = status.timeline.filterIsInstance<TimelineEntry.City>().map { it.v1 }
        for ((what, wanted) in says) {
            when (what) {
                "report" -> {}
                "phase" -> same(what, wanted, word(status.report.phase))
                "delivery" -> same(what, wanted, word(status.delivery))
                "why" -> same(what, wanted, status.why?.let { word(it.reason) })
                "next" -> same(what, wanted, status.why?.let { word(it.next) })
                "attachments_owed" -> same(what, wanted, delivered?.attachmentsOwed?.toLong())
                "tracked" -> same(what, wanted, delivered?.tracked)
                "case_status" -> same(what, wanted, status.caseStatus?.let(::word))
                "outcome" -> same(what, wanted, status.outcome)
                "refused_with" -> same(what, wanted, status.refusal?.status?.toLong())
                "pending" -> {
                    val kinds = status.timeline.filterIsInstance<TimelineEntry.Pending>().map { word(it.kind) }
                    same(what, wanted, kinds)
                }
                "timeline" -> {
                    val left = events.map { it.kind }.iterator()
                    val inOrder = texts(wanted).all { kind -> left.asSequence().any { it == kind } }
                    if (!inOrder) throw Differs("timeline: expected $wanted in this order, found ${events.map { it.kind }}")
                }
                "timeline_says" -> {
                    val texts = events.map { it.text }
                    if (wanted.jsonPrimitive.content !in texts) throw Differs("timeline_says: expected $wanted in $texts")
                }
                else -> throw Differs("unknown expectation \"$what\"")
            }
        }
    }

    private suspend fun expectDrain(says: JsonObject) {
        val last = lastDrain ?: throw Differs("there was no drain yet")
        for ((what, wanted) in says) {
            when (what) {
                "delivered" -> same(what, wanted, last.delivered.toLong())
                "owed" -> same(what, wanted, last.owed.toLong())
                "needs_citizen" -> same(what, wanted, last.needsCitizen.toLong())
                "requests" -> same(what, wanted, last.requests.toLong())
                "next_due_in_s" -> same(what, wanted, last.nextDueAt?.let { (it - world.nowMs()) / 1000 })
                else -> throw Differs("unknown expectation \"$what\"")
            }
        }
    }

    private suspend fun fails(says: JsonObject) {
        val step = says.getValue("step").jsonObject
        val name = step.keys.single()
        if (name == "fails" || name.startsWith("expect") || name in WORLD) {
            throw Differs("\"$name\" inside `fails` is no call of the client")
        }
        val error = try {
            perform(step)
            null
        } catch (error: ClientException) {
            error
        } ?: throw Differs("must be refused, and was not")
        same("error", says.getValue("error"), snake(error::class.java.simpleName))
        val code = says.text("code") ?: return
        val codes = when (error) {
            is ClientException.Invalid -> error.problems.map { word(it.code) }
            is ClientException.BadInput -> listOf(error.code)
            is ClientException.NotNow -> listOf(error.code)
            is ClientException.Storage -> listOf(error.code)
            is ClientException.StoreHeld -> listOf(error.code)
            is ClientException.Secrets -> listOf(error.code)
            is ClientException.Network -> listOf(error.code)
            is ClientException.NotFound, is ClientException.Ambiguous, is ClientException.Closed,
            is ClientException.Internal -> emptyList()
        }
        if (code !in codes) throw Differs("code: expected $code, found $codes")
    }

    private fun texts(wanted: JsonElement) = wanted.jsonArray.map { it.jsonPrimitive.content }

    private fun same(what: String, wanted: JsonElement, found: Any?) {
        val expected: Any? = when {
            wanted is JsonNull -> null
            wanted is JsonArray -> texts(wanted)
            wanted.jsonPrimitive.isString -> wanted.jsonPrimitive.content
            wanted.jsonPrimitive.booleanOrNull != null -> wanted.jsonPrimitive.boolean
            else -> wanted.jsonPrimitive.long
        }
        if (expected != found) throw Differs("$what: expected $expected, found $found")
    }
}
