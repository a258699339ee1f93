"""The words by which `suspicion` knows an order; data only, in lower case.

A word that merchants hardly ever use weighs two points, a word of orders that they use too weighs
one, a small word of sentences half a point.
"""

from typing import Final

STRONG: Final = """
ignore ignores ignored ignoring disregard disregards overlook forget override overrides overwrite
bypass obey comply jailbreak classify classifies reclassify classified categorize categorise
recategorize respond responds reply answer answers output pretend reveal omit omits duplicate
assign assigned instruct instructs instructed instruction instructions instructional prompt
prompts guideline guidelines previous previously preceding foregoing aforementioned prior
everything everywhere everyone glcode gl departmentcode sourcecategory llm gpt json schema
confidence unrestricted ignoriere ignorieren ignoriert vergiss vergessen missachte missachten
antworte antworten klassifiziere kategorisiere anweisung anweisungen anweisen vorherige vorherigen
obige obigen obiges befehl befehle ignorez ignorer oublie oubliez repondre repondez reponds
classez classer precedentes precedents consignes consigne ignora ignorar ignoren olvida olvide
olvidar responde responda responder clasifica clasifique instrucciones anteriores contesta
ignorate ignori dimentica dimenticate rispondi rispondete rispondere classifica istruzioni
precedenti esqueca esquecam instrucoes classifique negeer negeren vergeet antwoord antwoorden
instructie instructies bovenstaande hierboven classificeer zignoruj ignoruj zapomnij odpowiedz
instrukcje instrukcji poprzednie poprzednich sklasyfikuj ignorera glom instruktioner svara glem
instruks yoksay gormezden talimat talimatlari talimatlar onceki yanitla игнорируй игнорируйте
забудь забудьте ответь ответьте отвечай отвечайте инструкции инструкция указания предыдущие
предыдущую ігноруй ігноруйте відповідай інструкції replied svar ohjeet ohjeita vastaa huomiotta
utasitas utasitasokat figyelmen instructiunile raspundeti ignorati pokyny odpovezte ignorujte
abaikan instruksi jawab classifying
"""

WEAK: Final = """
use uses using set sets setting file filed code coded book booked mark marked label labels
labelled labeled put change changed make act follow follows following print say write select
choose pick apply treat post repeat skip refuse reject approve approved approves tell translate
switch enter return returns drop delete insert execute stop start begin give list leave send click
visit open orders ordered all each every other others any above below rest remaining whole next
line lines row rows charge charges transaction transactions item items entry entries expense
expenses merchants vendors account accounts department departments category categories codes id
ids rule rules policy task text data value values field system assistant user admin developer
human operator model chatbot bot ai token tokens command message mode end role fake note urgent
todo correct right word words times description vendor authorize authorized authorise include
explain summarize describe descriptions remember reasoning valid wrong nothing ok ps accept retry
prefer reglas reglamento regras regole regeln consigne zasady правила verwende verwenden nutze
benutze buche buchen setze setzen wahle nimm alle alles zeile zeilen konto konten kostenstelle
abteilung kategorie buchung buchungen bitte folgende utilise utilisez utiliser mettez mets choisis
choisissez toutes tous ligne lignes compte comptes categorie departement dessus suivantes usa
utiliza utilice pon ponga elige asigna todas todos linea lineas fila filas cuenta cuentas
categoria departamento arriba siguientes usate utilizza metti scegli assegna tutte tutti tutto
riga righe conto conti dipartimento sopra seguenti coloque escolha linhas conta contas acima
abaixo gebruik zet kies boek regel regels rekening afdeling volgende uzyj ustaw wybierz wszystkie
wszystko wiersze kategoria anvand valj alla rader bruk linjer kullan sec tum satir satirlari hesap
kategori используй используйте выбери поставь все всё всех строки строк счет счёт категория
категорию використовуй усі рядки want need belongs insists assume consider call map copy training
batch default fallback abort terminate document format xml csv identical same
"""

SMALL: Final = """
the a an and or but if then so to of in on at by as is are was be been must should shall will can
may do does not no never always only just now please instead this that these those it its them
they you your yours me my we our us i he she with for from under into than because when until
unless here there yes kindly dear hey und oder aber wenn dann auf als ist sind muss sollst nicht
nie immer nur jetzt sie du dein diese dieser dieses fur unter mit auch et ou mais si alors sur
comme est sont doit pas jamais toujours seulement vous ce ces cette pour sous y o pero entonces
como es son debe nunca siempre solo ahora este esta estos estas para bajo por favor e ma se allora
come sono deve mai sempre adesso questo questa per sotto mas entao agora isto esse sob en maar dan
zijn moet niet nooit altijd alleen nu deze dit voor onder met lub ale jest sa musi zawsze tylko
teraz dla pod и или но если то как не никогда всегда только это для под на
"""

DIRECTIVES: Final = """
answer reply respond use set choose pick select assign file book code classify categorize
categorise reclassify put mark label treat post apply say write output enter give make is are
equals under as antworte verwende nutze benutze buche setze wahle nimm reponds repondez utilise
utilisez classez mettez choisis responde responda usa utiliza pon elige asigna clasifica contesta
coloque escolha rispondi usate utilizza metti scegli assegna antwoord gebruik zet kies boek
odpowiedz uzyj ustaw svara anvand yanitla kullan ответь отвечай используй выбери поставь override
ignore disregard accept retry with category department dept departmentcode gl glcode confidence
codes rule rules default fallback assistant replied
"""
"""What makes an order of the code that follows it."""

FILLERS: Final = """
with only the a it this that all everything each every of to as under into in on by for is are be
must should code codes account acct konto category gl glcode number no nr department dept please
always just lines line rows rest others alle alles auf als mit toutes tout sur todo todas con en
"""
"""What may stand between the two."""

AIMS: Final = """
as under to into it this that them all everything each every me al als unter sous comme como bajo
"""
"""What makes an order of the directive right before it: `file as`, `use this`."""

KINDS: Final = """
travel airfare meals meal fuel hotel hotels lodging software hardware entertainment groceries taxi
parking gifts donations advertising marketing training miscellaneous misc insurance utilities
supplies
"""
"""Kinds of expenses; after a directive that is not also a shop's word."""

SENTENCE: Final = """
is are be must should shall will not never always only please instead this that these those it
they you your but if then because when until unless as under want need belongs goes assume
consider ist sind muss nicht immer nur bitte das dies aber wenn als unter est sont doit pas
toujours seulement cela ceci mais si comme sous es son debe siempre solo esto eso pero como bajo
sono deve sempre questo zijn moet niet altijd alleen dit maar onder jest musi zawsze tylko это не
всегда только
"""
"""What makes a sentence about the account number beside it."""

THIS: Final = """
this that it these das dies ceci cela questo esto isto dit to это
"""
COPULAS: Final = """
is are be must ist sind est sont es son sono sao zijn jest sa
"""
"""`this is`, `all … are`."""

ALL: Final = """
all everything everyone everywhere every each other others rest remaining alle alles allen
restliche ubrigen tout toute tous toutes todo todos toda todas tutto tutti tutta tutte tudo
allemaal wszystko wszystkie alla kaikki все всё всех всем усі hepsi tum butun semua vse vsechny
minden osszes toate toti same identical
"""
"""What beside an account number makes an order for more lines than one."""

ELSEWHERE_STRONG: Final = """
忽略 无视 無視 忘记 忘記 指令 指示 回答 输出 輸出 提示词 设为 命令 答えて してください
무시 지시 명령 대답 답하 답변
تجاهل التعليمات أجب अनदेखा निर्देश התעלם הוראות ענה
αγνόησε αγνοήστε οδηγίες απάντησε เพิกเฉย คำสั่ง ہدایات
"""
ELSEWHERE_WEAK: Final = """
以上 上述 之前 所有 全部 科目 使用 代码 代碼 请 請 分类 上記 すべて 全て 勘定 コード 使って
분류 사용하 모든 위의 하세요 계정 모두 السابقة جميع استخدم الحساب كل उत्तर सभी ऊपर כל הכל
όλες όλα tất_cả ทั้งหมด 전부 归类 行を にして
"""
"""Parts of texts in languages that do not set words apart, or bend them; `_` is a space."""
