package vn.phananh.core

import java.io.File
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** Every file of the folder that the property `phananh.scenarios` names, each a test. */
@RunWith(Parameterized::class)
class ScenariosTest(private val name: String, private val file: File) {
    @Test
    fun holds() {
        val begun = System.nanoTime()
        try {
            Run(file.readText()).use { guarded { it.run() } }
        } catch (error: Throwable) {
            println("scenario $name FAILED")
            throw error
        }
        println("scenario %s ok %.2f s".format(name, (System.nanoTime() - begun) / 1e9))
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun files(): List<Array<Any>> {
            val folder = File(System.getProperty("phananh.scenarios"))
            val files = folder.listFiles { file -> file.extension == "json" }.orEmpty().sorted()
            check(files.isNotEmpty()) { "no scenarios in $folder" }
            return files.map { arrayOf(it.nameWithoutExtension, it) }
        }
    }
}
