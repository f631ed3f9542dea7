"""Addresses that an outlet's scope must tell apart: articles, and pages beside them; real ones or formed alike."""

ADDRESSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "taz": (
        ("https://taz.de/Entwurf-des-Selbstbestimmungsgesetzes/!5928990/",),
        (
            "https://taz.de/Politik/!p4615/",
            "https://taz.de/",
        ),
    ),
    "spiegel": (
        (
            "https://www.spiegel.de/wirtschaft/unternehmen/silicon-valley-bank-federal-reserve-raeumt-versaeumnisse-bei-aufsicht-ein-a-60a0111a-c2d2-46c8-9e93-b16a374e6ba8",
        ),
        (
            "https://www.spiegel.de/wirtschaft/",
            "https://www.spiegel.de/thema/ukraine/",
        ),
    ),
    "tagesschau": (
        ("https://www.tagesschau.de/inland/innenpolitik/ahrtal-flut-bilanz-100.html",),
        (
            "https://www.tagesschau.de/inland/",
            "https://www.tagesschau.de/multimedia/sendung/ts-100.html",
        ),
    ),
    "deutsche_welle": (
        ("https://www.dw.com/de/ukrainische-gegenoffensive-ziele-chancen-risiken/a-65464327",),
        (
            "https://www.dw.com/de/themen/s-9077",
            "https://www.dw.com/en/a-story/a-65464327",
        ),
    ),
    "le_monde": (
        (
            "https://www.lemonde.fr/politique/article/2023/08/30/sophie-binet-met-en-garde-emmanuel-macron-sur-la-gravite-de-la-situation-dans-le-pays_6187099_823448.html",
        ),
        (
            "https://www.lemonde.fr/politique/",
            "https://www.lemonde.fr/en/international/article/2023/08/30/a_1_4.html",
        ),
    ),
    "le_figaro": (
        ("https://www.lefigaro.fr/international/londres-deux-policiers-attaques-a-l-epee-20240430",),
        (
            "https://www.lefigaro.fr/international",
            "https://www.lefigaro.fr/politique/",
        ),
    ),
    "euronews_fr": (
        (
            "https://fr.euronews.com/green/2024/04/30/comment-les-efforts-europeens-ont-permis-de-sauver-le-merlu-de-lextinction",
        ),
        (
            "https://fr.euronews.com/green",
            "https://fr.euronews.com/video/2024/04/30/a-video",
        ),
    ),
    "el_pais": (
        (
            "https://elpais.com/internacional/2024-10-15/bruselas-sondea-la-apertura-de-centros-de-deportacion-fuera-de-la-union-europea.html",
        ),
        (
            "https://elpais.com/internacional/",
            "https://elpais.com/noticias/inmigracion/",
        ),
    ),
    "la_vanguardia": (
        (
            "https://www.lavanguardia.com/politica/20250113/10277301/juez-cita-investigado-fiscal-general-revelar-datos-pareja-diaz-ayuso.html",
        ),
        (
            "https://www.lavanguardia.com/politica",
            "https://www.lavanguardia.com/temas/a",
        ),
    ),
    "abc_es": (
        (
            "https://www.abc.es/sociedad/detenido-policia-abusar-torturar-sexualmente-cuatro-hijos-20241202105634-nt.html",
        ),
        (
            "https://www.abc.es/sociedad/",
            "https://www.abc.es/",
        ),
    ),
    "la_repubblica": (
        ("https://www.repubblica.it/politica/2024/05/01/news/governo_decreto_lavoro-422786123/",),
        (
            "https://www.repubblica.it/politica/",
            "https://www.repubblica.it/argomenti/governo",
        ),
    ),
    "nrk": (
        ("https://www.nrk.no/nordland/kvinne-i-20-arene-dode-pa-fjelltur-i-nordland-1.16989341",),
        (
            "https://www.nrk.no/nordland/",
            "https://www.nrk.no/urix/",
        ),
    ),
    "verdens_gang": (
        (
            "https://www.vg.no/sport/i/zAO6pO/roerne-lars-martin-benske-og-ask-tjoem-klar-for-ol-finale-i-lettvekt-dobbeltsculler",
        ),
        (
            "https://www.vg.no/sport",
            "https://www.vg.no/tag/ol",
        ),
    ),
    "dagbladet": (
        ("https://www.dagbladet.no/nyheter/nordmann-domt-til-livstid/81348547",),
        (
            "https://www.dagbladet.no/nyheter",
            "https://www.dagbladet.no/tag/krim",
        ),
    ),
    "the_guardian": (
        (
            "https://www.theguardian.com/world/2024/feb/24/death-toll-in-valencia-fire-rises-to-10-as-remains-of-last-missing-person-found",
        ),
        (
            "https://www.theguardian.com/world",
            "https://www.theguardian.com/world/gallery/2024/feb/24/a-gallery",
        ),
    ),
    "euronews": (
        (
            "https://www.euronews.com/2024/04/30/swedish-police-to-investigate-reports-of-information-leaks-to-violent-gangs",
        ),
        (
            "https://www.euronews.com/news",
            "https://www.euronews.com/video/2024/04/30/a-video",
        ),
    ),
    "the_intercept": (
        ("https://theintercept.com/2023/04/28/montana-trans-zooey-zephyr/",),
        (
            "https://theintercept.com/politics/",
            "https://theintercept.com/staff/someone/",
        ),
    ),
    "the_nation": (
        ("https://www.thenation.com/article/activism/teamsters-tdu-ups-iowa/",),
        (
            "https://www.thenation.com/subject/politics/",
            "https://www.thenation.com/article/archive/",
        ),
    ),
    "cnbc": (
        (
            "https://www.cnbc.com/2023/04/28/many-new-bitcoin-crypto-buyers-influenced-by-friends-why-to-be-cautious.html",
        ),
        (
            "https://www.cnbc.com/technology/",
            "https://www.cnbc.com/video/2023/04/28/a.html",
        ),
    ),
    "common_dreams": (
        ("https://www.commondreams.org/news/a-bill-is-passed",),
        (
            "https://www.commondreams.org/news/",
            "https://www.commondreams.org/tag/climate",
            "https://www.commondreams.org/author/someone",
        ),
    ),
    "four_o_four_media": (
        ("https://www.404media.co/a-company-sells-the-location-of-phones/",),
        (
            "https://www.404media.co/tag/ai/",
            "https://www.404media.co/about/",
        ),
    ),
    "la_nacion": (
        ("https://www.lanacion.com.ar/politica/el-congreso-debate-una-ley-nid01052024/",),
        (
            "https://www.lanacion.com.ar/politica/",
            "https://www.lanacion.com.ar/autor/alguien-123/",
        ),
    ),
    "infobae": (
        ("https://www.infobae.com/politica/2024/05/01/una-noticia-del-dia/",),
        (
            "https://www.infobae.com/politica/",
            "https://www.infobae.com/tag/economia/",
        ),
    ),
    "clarin": (
        ("https://www.clarin.com/politica/una-noticia-del-dia_0_Xq3vB7aYkP.html",),
        (
            "https://www.clarin.com/politica/",
            "https://www.clarin.com/tema/economia.html",
        ),
    ),
    "g1": (
        ("https://g1.globo.com/sp/sao-paulo/noticia/2024/05/01/uma-noticia-do-dia.ghtml",),
        (
            "https://g1.globo.com/sp/sao-paulo/",
            "https://g1.globo.com/politica/blog/alguem/",
        ),
    ),
    "mail_and_guardian": (
        ("https://mg.co.za/politics/2024-05-01-a-coalition-is-formed/",),
        (
            "https://mg.co.za/section/politics/",
            "https://mg.co.za/author/someone/",
        ),
    ),
    "times_live": (
        (
            "https://www.timeslive.co.za/sunday-times-daily/business/2025-05-21-2025-budget-30-sars-gets-r4bn-to-hire-army-of-debt-collectors/",
        ),
        (
            "https://www.timeslive.co.za/news/",
            "https://www.timeslive.co.za/politics/",
        ),
    ),
    "ntv_turkiye": (
        ("https://www.ntv.com.tr/sporskor/super-ligde-golculerin-yarisi-kiyasiya,2dwxjsYnL0-RnLe_r91pqg",),
        (
            "https://www.ntv.com.tr/gundem",
            "https://www.ntv.com.tr/spor",
        ),
    ),
    "anadolu_ajansi": (
        ("https://www.aa.com.tr/tr/ekonomi/ciftcilere-8-4-milyar-lira-destek-odemesi-yarin-yapilacak/3527659",),
        (
            "https://www.aa.com.tr/tr/ekonomi",
            "https://www.aa.com.tr/en/economy/a-story/3527659",
        ),
    ),
    "ukrainska_pravda": (
        ("https://www.pravda.com.ua/articles/2026/01/08/8015225/",),
        (
            "https://www.pravda.com.ua/rus/articles/2026/01/08/8015225/",
            "https://www.pravda.com.ua/news/",
        ),
    ),
    "kommersant": (
        ("https://www.kommersant.ru/doc/7715044",),
        (
            "https://www.kommersant.ru/theme/1234",
            "https://www.kommersant.ru/rubric/2",
        ),
    ),
    "meduza": (
        (
            "https://meduza.io/news/2024/05/01/novost-dnya",
            "https://meduza.io/feature/2024/05/01/istoriya",
        ),
        (
            "https://meduza.io/en/news/2024/05/01/news-of-the-day",
            "https://meduza.io/specials",
        ),
    ),
    "dnevnik": (
        ("https://www.dnevnik.bg/bulgaria/2024/05/01/4621234_novina_na_denia/",),
        (
            "https://www.dnevnik.bg/bulgaria/",
            "https://www.dnevnik.bg/temi/",
        ),
    ),
    "kathimerini": (
        ("https://www.kathimerini.gr/politics/562998765/ena-thema-tis-imeras/",),
        (
            "https://www.kathimerini.gr/politics/",
            "https://www.kathimerini.gr/author/kapoios/",
        ),
    ),
    "to_vima": (
        ("https://www.tovima.gr/2024/05/01/politics/ena-thema-tis-imeras/",),
        (
            "https://www.tovima.gr/category/politics/",
            "https://www.tovima.gr/2024/05/01/",
        ),
    ),
    "ynet": (
        ("https://www.ynet.co.il/news/article/hk11abcdef0",),
        (
            "https://www.ynet.co.il/news",
            "https://www.ynet.co.il/topics/a",
        ),
    ),
    "walla": (
        ("https://news.walla.co.il/item/3660001",),
        (
            "https://news.walla.co.il/category/1",
            "https://www.walla.co.il/",
        ),
    ),
    "al_jazeera": (
        ("https://www.aljazeera.net/news/2024/5/1/%D8%AE%D8%A8%D8%B1-%D8%A7%D9%84%D9%8A%D9%88%D9%85",),
        (
            "https://www.aljazeera.net/news/",
            "https://www.aljazeera.net/video/2024/5/1/a",
        ),
    ),
    "al_masry_al_youm": (
        ("https://www.almasryalyoum.com/news/details/3123456",),
        (
            "https://www.almasryalyoum.com/section/index/3",
            "https://www.almasryalyoum.com/",
        ),
    ),
    "bbc_arabic": (
        ("https://www.bbc.com/arabic/articles/c72p5x9k1j2o",),
        (
            "https://www.bbc.com/arabic/topics/c719d2el19nt",
            "https://www.bbc.com/persian/articles/c72p5x9k1j2o",
        ),
    ),
    "bbc_persian": (
        ("https://www.bbc.com/persian/articles/cr9dw7dvjxj1o",),
        (
            "https://www.bbc.com/persian/topics/cnq68n4291gt",
            "https://www.bbc.com/arabic/articles/cr9dw7dvjxj1o",
        ),
    ),
    "amar_ujala": (
        ("https://www.amarujala.com/india-news/a-story-of-the-day-2024-05-01",),
        (
            "https://www.amarujala.com/india-news",
            "https://www.amarujala.com/photo-gallery/a-2024-05-01",
        ),
    ),
    "times_of_india": (
        ("https://timesofindia.indiatimes.com/india/a-story-of-the-day/articleshow/109743210.cms",),
        (
            "https://timesofindia.indiatimes.com/india",
            "https://timesofindia.indiatimes.com/videos/a/videoshow/109743210.cms",
        ),
    ),
    "prothom_alo": (
        ("https://www.prothomalo.com/bangladesh/district/7c0tqqn5zt",),
        (
            "https://www.prothomalo.com/bangladesh/district",
            "https://www.prothomalo.com/topic/a1",
        ),
    ),
    "thai_pbs": (
        ("https://www.thaipbs.or.th/news/content/508271",),
        (
            "https://www.thaipbs.or.th/news/",
            "https://www.thaipbs.or.th/tags/a",
        ),
    ),
    "vnexpress": (
        ("https://vnexpress.net/mot-tin-trong-ngay-4740123.html",),
        (
            "https://vnexpress.net/thoi-su",
            "https://vnexpress.net/tac-gia/ai-do-123.html",
        ),
    ),
    "asahi_shimbun": (
        ("https://www.asahi.com/articles/ASS4Z2QJXS4ZUTFK00XM.html",),
        (
            "https://www.asahi.com/politics/",
            "https://www.asahi.com/topics/word/a.html",
        ),
    ),
    "mainichi_shimbun": (
        ("https://mainichi.jp/articles/20240501/k00/00m/040/123000c",),
        (
            "https://mainichi.jp/seiji/",
            "https://mainichi.jp/graphs/20240501/a",
        ),
    ),
    "yomiuri_shimbun": (
        ("https://www.yomiuri.co.jp/local/kansai/news/20241013-OYO1T50044/",),
        (
            "https://www.yomiuri.co.jp/local/kansai/",
            "https://www.yomiuri.co.jp/politics/",
        ),
    ),
    "maeil_business": (
        ("https://www.mk.co.kr/news/politics/11333783",),
        (
            "https://www.mk.co.kr/news/politics/",
            "https://www.mk.co.kr/news/columnists/a",
        ),
    ),
    "chosun_ilbo": (
        ("https://www.chosun.com/politics/politics_general/2024/05/01/ABCDEFGHIJKLMNOPQRSTUVWX26/",),
        (
            "https://www.chosun.com/politics/",
            "https://www.chosun.com/politics/politics_general/",
        ),
    ),
    "hankyoreh": (
        ("https://www.hani.co.kr/arti/politics/assembly/1138777.html",),
        (
            "https://www.hani.co.kr/arti/politics",
            "https://www.hani.co.kr/arti/SERIES/1",
        ),
    ),
    "liberty_times": (
        ("https://news.ltn.com.tw/news/politics/breakingnews/4650001",),
        (
            "https://news.ltn.com.tw/list/breakingnews/politics",
            "https://news.ltn.com.tw/topic/a",
        ),
    ),
    "taipei_times": (
        ("https://www.taipeitimes.com/News/front/archives/2024/05/01/2003817201",),
        (
            "https://www.taipeitimes.com/News/front",
            "https://www.taipeitimes.com/News/list",
        ),
    ),
    "rthk": (
        ("https://news.rthk.hk/rthk/ch/component/k2/1751234-20240501.htm",),
        (
            "https://news.rthk.hk/rthk/ch/latest-news.htm",
            "https://news.rthk.hk/rthk/en/component/k2/1751234-20240501.htm",
        ),
    ),
    "hetq": (
        ("https://hetq.am/hy/article/166001",),
        (
            "https://hetq.am/en/article/166001",
            "https://hetq.am/hy/news",
        ),
    ),
    "netgazeti": (
        ("https://netgazeti.ge/news/721001/",),
        (
            "https://netgazeti.ge/news/",
            "https://netgazeti.ge/category/news/",
        ),
    ),
}
