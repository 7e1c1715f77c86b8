"""One photo by Pillow: IN OUT EDGE QUALITY whole|phone|phone-optimised

whole: decoded whole, Lanczos.
phone: what a phone's own bitmaps do: decoded at the power of two that leaves at least the edge, plain bilinear (four
neighbours, no filter), encoded by libjpeg-turbo with quality alone. phone-optimised: and with optimised Huffman codes.
"""

import sys

from PIL import Image, ImageOps

source, target, edge, quality, way = sys.argv[1:]
edge = int(edge)
picture = Image.open(source)
long = max(picture.size)
if way == "whole":
    picture = ImageOps.exif_transpose(picture).convert("RGB")
    picture.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=None)
    picture.save(target, "JPEG", quality=int(quality))
else:
    power = 1
    while power < 8 and long // (power * 2) >= edge:
        power *= 2
    size = [max(1, round(side * min(1, edge / long))) for side in picture.size]
    picture.draft("RGB", (picture.width // power, picture.height // power))
    turn = picture.getexif().get(0x0112, 1)
    picture = picture.convert("RGB")
    across, down = picture.width / size[0], picture.height / size[1]
    picture = picture.transform(
        size, Image.Transform.AFFINE, (across, 0, 0, 0, down, 0), resample=Image.Resampling.BILINEAR
    )
    picture.getexif()[0x0112] = turn
    picture = ImageOps.exif_transpose(picture)
    picture.save(target, "JPEG", quality=int(quality), optimize=way == "phone-optimised")
