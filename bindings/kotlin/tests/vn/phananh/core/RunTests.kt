package vn.phananh.core

import kotlin.system.exitProcess
import org.junit.runner.Description
import org.junit.runner.JUnitCore
import org.junit.runner.notification.Failure
import org.junit.runner.notification.RunListener

/** Runs the test classes named, or all of them, and closes with the line that the project counts. */
fun main(names: Array<String>) {
    val classes = if (names.isEmpty()) ALL else names.map { Class.forName("vn.phananh.core.$it") }
    val core = JUnitCore()
    core.addListener(object : RunListener() {
        override fun testFailure(failure: Failure) {
            println("FAILED ${failure.testHeader}\n${failure.trimmedTrace}")
        }

        override fun testAssumptionFailure(failure: Failure) {
            println("skipped ${failure.testHeader}: ${failure.message}")
        }

        override fun testIgnored(description: Description) {
            println("skipped ${description.displayName}")
        }
    })
    val result = core.run(*classes.toTypedArray())
    val skipped = result.ignoreCount + result.assumptionFailureCount
    val passed = result.runCount - result.failureCount - result.assumptionFailureCount
    println("\n$passed passed, ${result.failureCount} failed, $skipped skipped")
    // Threads of JNA and of the library do not hold the process.
    exitProcess(if (result.wasSuccessful()) 0 else 1)
}

private val ALL: List<Class<*>> = listOf(
    SurfaceTest::class.java,
    TroubleTest::class.java,
    LifeTest::class.java,
    GuideTest::class.java,
    ScenariosTest::class.java,
)
