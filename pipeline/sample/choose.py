"""Which drawing shows a product: the words of its name decide, then the stand's, then its category."""

import re
from collections.abc import Callable

from pipeline.rundown.model import Product, Stand
from pipeline.sample import crafts, foods, textiles
from pipeline.sample.brush import Brush

Drawing = Callable[[Brush], str]

# The first row with a word of the name decides: the particular stands before the general.
_WORDS: tuple[tuple[str, tuple[Drawing, ...]], ...] = (
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
    ("keranjang anyaman anyam enceng gondok tikar besek topi rotan tampah", (crafts.basket,)),
    ("kaos kaus", (textiles.tee,)),
    ("gamis daster mukena dress tunik abaya blus busana kebaya muslim", (textiles.dress,)),
    ("kemeja hem jaket koko baju konveksi", (textiles.shirt,)),
    ("selendang syal scarf kerudung jilbab hijab pashmina", (textiles.scarf,)),
    ("sarung tenun sasirangan ikat lurik", (textiles.sarong, textiles.folded)),
    ("kopi robusta arabika espresso", (foods.coffee, foods.pouch)),
    ("teh", (foods.tea,)),
    ("limun jamu sirup kunyit beras jahe wedang minuman", (foods.bottle,)),
    ("madu", (foods.honey,)),
    ("gula nira", (foods.sugar,)),
    ("abon", (foods.floss,)),
    ("sambal terasi saus bumbu", (foods.sambal,)),
    ("bandeng ikan cumi presto otak", (foods.fish,)),
    ("megono tauto soto garang nasi sup mi bakso gudeg", (foods.bowl,)),
    ("roti", (foods.bread,)),
    ("nastar kastengel kue melati putri salju", (foods.cookies, foods.cake)),
    ("wajik dodol jenang lapis apem getuk", (foods.cake,)),
    ("keripik rempeyek kerupuk tahu tempe kacang emping camilan peyek", (foods.pouch,)),
    ("hampers parsel paket bingkisan", (crafts.parcel,)),
    ("batik kain jlamprang sprei taplak sutra", (textiles.folded, textiles.shirt, textiles.scarf)),
)

_CATEGORIES: tuple[tuple[str, tuple[Drawing, ...]], ...] = (
    ("fashion batik busana tekstil", (textiles.folded, textiles.shirt, textiles.scarf)),
    ("makanan minuman kuliner", (foods.pouch, foods.cake, foods.bottle)),
    ("kerajinan kriya", (crafts.basket, crafts.frame, crafts.parcel)),
)


def drawing_of(stand: Stand, index: int, product: Product | None) -> Drawing:
    """The drawing for the stand's product number `index` (from 0); a gift box when no word is known."""
    texts = ((product.name, _WORDS) if product else ("", _WORDS)), (stand.name, _WORDS)
    for text, table in (*texts, (stand.category, _CATEGORIES)):
        words = set(re.findall(r"\w+", text.lower()))
        for keys, drawings in table:
            if words & set(keys.split()):
                return drawings[index % len(drawings)]
    return crafts.parcel
