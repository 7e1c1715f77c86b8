// One photo by sharp: IN OUT EDGE QUALITY plain|mozjpeg
import sharp from "sharp";

const [from, to, edge, quality, codec] = process.argv.slice(2);
await sharp(from)
  .rotate()
  .resize(Number(edge), Number(edge), { fit: "inside", withoutEnlargement: true })
  .jpeg({ quality: Number(quality), mozjpeg: codec === "mozjpeg" })
  .toFile(to);
