"""Which drawing shows a product: its name decides, then the stand's name, then the category."""

import re
from collections.abc import Callable

from pipeline.rundown import Stand
from pipeline.sample import crafts, drinks, foods, textiles
from pipeline.sample.brush import Brush

Drawing = Callable[[Brush], str]

# The first row with a word of the name decides: the particular stands before the general.
WORDS: tuple[tuple[str, tuple[Drawing, ...]], ...] = (
    ("sandal selop alas sepatu", (textiles.sandals,)),
    ("masker", (textiles.mask,)),
    ("payung", (crafts.umbrella,)),
    ("boneka", (crafts.doll,)),
    ("lampu lampion", (crafts.lamp,)),
    ("frame bingkai pigura lukisan kaligrafi cermin hiasan", (crafts.frame,)),
    ("sabun lilin sereh lulur aromaterapi", (crafts.soap,)),
    ("manik kalung gelang anting bros aksesori aksesoris", (crafts.beads,)),
    ("canting malam", (crafts.canting,)),
    ("tas tote pouch ransel dompet goni", (textiles.tote,)),
    ("keranjang anyaman anyam eceng enceng gondok tikar besek topi rotan tampah", (crafts.basket,)),
    ("kaos kaus", (textiles.tee,)),
    ("gamis daster mukena dress tunik abaya blus busana kebaya muslim", (textiles.dress,)),
    ("kemeja hem jaket blazer koko baju konveksi", (textiles.shirt,)),
    ("selendang syal scarf kerudung jilbab hijab pashmina", (textiles.scarf,)),
    ("sarung tenun sasirangan ikat lurik", (textiles.sarong, textiles.folded)),
    ("kopi robusta arabika espresso", (drinks.coffee, foods.pouch)),
    ("teh", (drinks.tea, foods.pouch)),
    ("gula nira", (foods.sugar,)),
    ("limun jamu sirup kunyit beras jahe wedang minuman", (drinks.bottle,)),
    ("madu", (foods.honey,)),
    ("abon", (foods.floss, foods.pouch)),
    ("sambal terasi saus bumbu", (foods.sambal,)),
    ("bandeng ikan cumi presto otak", (foods.fish,)),
    ("megono tauto soto garang nasi sup mi bakso gudeg", (foods.bowl,)),
    ("roti", (foods.bread,)),
    ("nastar kastengel kue melati putri salju", (foods.cookies, foods.cake)),
    ("bluder wajik dodol jenang lapis apem getuk", (foods.cake,)),
    ("keripik rempeyek kerupuk tahu tempe kacang emping camilan peyek", (foods.pouch,)),
    ("hampers parsel paket bingkisan", (crafts.parcel,)),
    ("kain sprei taplak sajadah sutra", (textiles.folded,)),
    ("batik jlamprang", (textiles.folded, textiles.shirt, textiles.scarf)),
)

CATEGORIES: tuple[tuple[str, tuple[Drawing, ...]], ...] = (
    ("fashion fesyen batik busana tekstil", (textiles.folded, textiles.shirt, textiles.scarf)),
    ("makanan minuman kuliner", (foods.pouch, foods.cake, drinks.bottle)),
    ("kerajinan kriya", (crafts.basket, crafts.frame, crafts.parcel)),
)


def drawing_of(stand: Stand, index: int) -> Drawing:
    """The drawing for the stand's product number `index` (from 0); a gift box for unknown words."""
    named = [(product.name, WORDS) for product in stand.products[index : index + 1]]
    for text, table in (*named, (stand.name, WORDS), (stand.category, CATEGORIES)):
        words = set(re.findall(r"\w+", text.lower()))
        for keys, drawings in table:
            if words & set(keys.split()):
                return drawings[index % len(drawings)]
    return crafts.parcel
