"""Well-known merchants and banks' categories on the accounts of the starter chart; only data.

A row is one account and the merchants that go there: `WORDS` or `WORDS=Vendor as people write it`.
The merchant key must start with the words, whole words each. The longest wins where
several fit, so `UBER EATS` is a meal and `UBER` a ride. `$`: nothing may follow.
"""

from typing import Final

MERCHANTS: Final[dict[str, str]] = {
    "65100": """
        UNITED AIRLINES, UNITED$=United Airlines, DELTA AIR LINES=Delta Air Lines,
        DELTA AIR=Delta Air Lines, DELTA$=Delta Air Lines,
        AMERICAN AIRLINES, AMERICAN AIR=American Airlines, SOUTHWES=Southwest Airlines, SOUTHWEST
        AIRLINES, JETBLUE=JetBlue, ALASKA AIR=Alaska Airlines, ALASKA AIRLINES, SPIRIT AIRLINES,
        FRONTIER AIRLINES, HAWAIIAN AIR=Hawaiian Airlines, AIR CANADA, WESTJET, LUFTHANSA, BRITISH
        AIRWAYS, AIR FRANCE, KLM=KLM, RYANAIR, EASYJET=easyJet, EUROWINGS, SWISS
        INTERNATIONAL=Swiss, SWISS INTL=Swiss, AUSTRIAN AIRLINES, EMIRATES, QATAR AIRWAYS, TURKISH
        AIRLINES, IBERIA, VUELING, NORWEGIAN AIR, WIZZ AIR, AER LINGUS, SAS AIRLINES, SINGAPORE
        AIRLINES, CATHAY PACIFIC, QANTAS, VIRGIN ATLANTIC, FINNAIR, TAP AIR PORTUGAL""",
    "65200": """
        AMTRAK, TRAINLINE, THETRAINLINE=Trainline, DEUTSCHE BAHN, DB VERTRIEB=Deutsche Bahn,
        BAHN=Deutsche Bahn, DB FERNVERKEHR=Deutsche Bahn, SNCF=SNCF, EUROSTAR, SBB=SBB, OEBB=ÖBB,
        TRENITALIA, RENFE, THALYS, LNER=LNER, GWR=GWR, AVANTI WEST COAST, NATIONAL RAIL, CALTRAIN,
        GREYHOUND, MEGABUS, FLIXBUS=FlixBus, NJT RAIL=NJ Transit, NJTRANSIT=NJ Transit, LIRR=LIRR,
        METRO NORTH=Metro-North, BART=BART, BART CLIPPER=Clipper, CLIPPER, VENTRA, MTA=MTA, TFL
        TRAVEL CH=Transport for London, TFL TRAVEL=Transport for London,
        TFL=Transport for London""",
    "65300": """
        MARRIOTT, HILTON, HAMPTON INN=Hampton Inn, HYATT, SHERATON, WESTIN, HOLIDAY INN, COURTYARD,
        COURTYARD BY MARRIOTT, RESIDENCE INN, FAIRFIELD INN, DOUBLETREE=DoubleTree, EMBASSY SUITES,
        BEST WESTERN, RADISSON, NOVOTEL, IBIS, MERCURE, ACCOR, INTERCONTINENTAL, CROWNE PLAZA, LA
        QUINTA, COMFORT INN, DAYS INN, MOTEL 6, SUPER 8, PREMIER INN, TRAVELODGE, AIRBNB=Airbnb,
        BOOKING=Booking.com, VRBO=Vrbo, MOTEL ONE=Motel One, RITZ CARLTON, FOUR SEASONS,
        OMNI HOTELS""",
    "65400": """
        EXPEDIA, KAYAK, PRICELINE, ORBITZ, TRAVELPERK=TravelPerk, NAVAN, CONCUR, EGENCIA,
        TRAVELOCITY, AMEX TRAVEL""",
    "65500": """
        GOGO INFLIGHT=Gogo, GOGOAIR=Gogo, BOINGO, TSA PRECHECK, GLOBAL ENTRY""",
    "64100": """
        SHELL OIL=Shell, SHELL SERVICE=Shell, SHELL=Shell, CHEVRON, EXXONMOBIL=ExxonMobil,
        EXXON=ExxonMobil, MOBIL=ExxonMobil, BP=BP, ARCO=ARCO, TEXACO, VALERO, SUNOCO, CITGO, CIRCLE
        K, SPEEDWAY, MARATHON PETRO=Marathon, PHILLIPS 66, CONOCO, SINCLAIR, QUIKTRIP, RACETRAC,
        WAWA, SHEETZ, LOVE'S TRAVEL, LOVES TRAVEL, PILOT TRAVEL, FLYING J, COSTCO GAS, SAMS FUEL,
        ARAL, ESSO, TOTALENERGIES=TotalEnergies, TOTAL ENERGIES=TotalEnergies, AGIP, OMV=OMV,
        CHARGEPOINT=ChargePoint, TESLA SUPERCHARGER, ELECTRIFY AMERICA, EVGO=EVgo, IONITY, ESSO
        TESCO=Esso, GULF OIL""",
    "64200": """
        HERTZ, AVIS, AVIS RENT=Avis, ENTERPRISE RENT=Enterprise, ENTERPRISE RENT-A-CAR=Enterprise,
        NATIONAL CAR=National, BUDGET RENT=Budget, ALAMO RENT=Alamo, SIXT, EUROPCAR, ZIPCAR, TURO,
        U-HAUL=U-Haul, UHAUL=U-Haul, PENSKE, THRIFTY CAR, DOLLAR RENT, GETAROUND, SHARE NOW, MILES
        MOBILITY""",
    "64300": """
        PARKMOBILE=ParkMobile, PARKWHIZ=ParkWhiz, SPOTHERO=SpotHero, LAZ PARKING=LAZ Parking, ABM
        PARKING=ABM Parking, PAYBYPHONE=PayByPhone, PAY BY PHONE=PayByPhone, RINGGO=RingGo, NCP=NCP,
        APCOA=APCOA, EASYPARK=EasyPark, IMPARK, DIAMOND PARKING, E-ZPASS=E-ZPass, EZPASS=E-ZPass, E
        ZPASS=E-ZPass, FASTRAK=FasTrak, SUNPASS=SunPass, PARK AND FLY""",
    "64400": """
        JIFFY LUBE, MIDAS, FIRESTONE, GOODYEAR, PEP BOYS, AUTOZONE=AutoZone, O'REILLY AUTO, NAPA
        AUTO, ADVANCE AUTO, DISCOUNT TIRE, VALVOLINE, MEINEKE, HALFORDS, KWIK FIT""",
    "64500": """
        UBER, UBER TRIP=Uber, LYFT, LYFT RIDE=Lyft, BOLT, FREE NOW=FREE NOW, FREENOW=FREE NOW, CURB,
        YELLOW CAB, GETT, GRAB, OLA CABS, WAYMO, LIME RIDE=Lime, LIME, BIRD APP=Bird""",
    "61200": """
        ADOBE, GITHUB=GitHub, GITLAB=GitLab, ZOOM, ZOOM US=Zoom, SLACK, ATLASSIAN, MICROSOFT,
        MSFT=Microsoft, GOOGLE WORKSPACE, GOOGLE GSUITE=Google Workspace, GSUITE=Google Workspace,
        GOOGLE GOOGLE ONE=Google One, DROPBOX, NOTION, NOTION LABS=Notion, FIGMA, CANVA, ASANA,
        MONDAY=monday.com, TRELLO, AIRTABLE, MIRO, DOCUSIGN=DocuSign, SALESFORCE, HUBSPOT=HubSpot,
        ZENDESK, INTERCOM, SHOPIFY, SQUARESPACE, WIX=Wix, MAILCHIMP, QUICKBOOKS=QuickBooks, INTUIT,
        XERO, 1PASSWORD=1Password, LASTPASS=LastPass, OKTA, CALENDLY, GRAMMARLY,
        OPENAI=OpenAI, CHATGPT=OpenAI, ANTHROPIC, JETBRAINS=JetBrains, SENTRY, DATADOG, NEW RELIC,
        PAGERDUTY=PagerDuty, POSTMAN, ZAPIER, WEBEX, LOGMEIN=LogMeIn, TEAMVIEWER=TeamViewer,
        EVERNOTE, TODOIST, BITWARDEN, NORDVPN=NordVPN, SURVEYMONKEY=SurveyMonkey, TYPEFORM=Typeform,
        APPLE.COM/BILL=Apple, FRESHWORKS, BASECAMP, INVISION=InVision, PERSONIO,
        DATEV=DATEV, CURSOR""",
    "61300": """
        AMAZON WEB SERVICES, AWS=Amazon Web Services, AWS EMEA=Amazon Web Services, GOOGLE CLOUD,
        GOOGLE CLOUD PLATFORM=Google Cloud, MICROSOFT AZURE, AZURE=Microsoft Azure,
        DIGITALOCEAN=DigitalOcean, LINODE, HEROKU, CLOUDFLARE, FASTLY, VERCEL, NETLIFY,
        HETZNER, OVH=OVHcloud, VULTR, MONGODB=MongoDB, SNOWFLAKE, FLY IO=Fly.io, GODADDY=GoDaddy,
        DNH GODADDY=GoDaddy, NAMECHEAP, SCALEWAY, IONOS=IONOS, BACKBLAZE""",
    "61100": """
        APPLE STORE, APPLE ONLINE STORE=Apple Store, BEST BUY, DELL, LENOVO, NEWEGG, B&H PHOTO=B&H
        Photo, BH PHOTO=B&H Photo, MICRO CENTER, CDW=CDW, LOGITECH, MEDIA MARKT=MediaMarkt,
        MEDIAMARKT=MediaMarkt, CURRYS, HP STORE=HP, ALTERNATE""",
    "61400": """
        VERIZON, VERIZON WRLS=Verizon, VZWRLSS=Verizon, VZW=Verizon, AT&T, ATT=AT&T,
        T-MOBILE=T-Mobile, TMOBILE=T-Mobile, SPRINT, VODAFONE, TELEKOM, DEUTSCHE TELEKOM,
        TELEFONICA=Telefónica, O2=O2, THREE UK, SKYPE, TWILIO, RINGCENTRAL=RingCentral, DIALPAD,
        GOOGLE FI=Google Fi, GOOGLE VOICE, MINT MOBILE, OPENPHONE=OpenPhone, SIPGATE=sipgate, ORANGE
        SA=Orange""",
    "61500": """
        COMCAST, XFINITY, SPECTRUM, COX COMM=Cox, CENTURYLINK=CenturyLink, FRONTIER COMM=Frontier,
        OPTIMUM, STARLINK, BT BROADBAND=BT, VIRGIN MEDIA, SONIC NET=Sonic""",
    "62100": """
        GOOGLE ADS=Google Ads, GOOGLE ADWORDS=Google Ads, ADWORDS=Google Ads, FACEBK=Facebook,
        FACEBOOK, FACEBK ADS=Facebook, META PLATFORMS=Meta, META ADS=Meta, LINKEDIN=LinkedIn,
        LINKEDIN ADS=LinkedIn, TWITTER ADS=X, BING ADS=Microsoft Advertising, MICROSOFT
        ADS=Microsoft Advertising, TIKTOK ADS=TikTok, REDDIT ADS=Reddit, PINTEREST ADS=Pinterest,
        YELP ADS=Yelp, SNAP ADS=Snap, TABOOLA, OUTBRAIN""",
    "62300": """
        VISTAPRINT=Vistaprint, VISTAPR=Vistaprint, MOO=MOO, STICKER MULE=Sticker Mule,
        4IMPRINT=4imprint, CUSTOMINK=Custom Ink, FLYERALARM=FLYERALARM""",
    "62200": """
        EVENTBRITE, MEETUP=Meetup, CVENT, SPLASHTHAT=Splash""",
    "63100": """
        UPWORK, FIVERR, TOPTAL, DELOITTE, PWC=PwC, KPMG=KPMG, ERNST & YOUNG=EY,
        H&R BLOCK=H&R Block""",
    "63200": """
        LEGALZOOM=LegalZoom, NOTARIZE, ROCKET LAWYER""",
    "63300": """
        INDEED, LINKEDIN JOBS=LinkedIn, LINKEDIN RECRUITER=LinkedIn, GLASSDOOR,
        ZIPRECRUITER=ZipRecruiter, GREENHOUSE SOFTWARE, STEPSTONE=StepStone, CHECKR""",
    "63400": """
        UDEMY, COURSERA, PLURALSIGHT, LINKEDIN LEARNING=LinkedIn, SKILLSHARE, EDX=edX, UDACITY,
        O'REILLY MEDIA, OREILLY MEDIA=O'Reilly Media, DATACAMP=DataCamp, CODECADEMY, TREEHOUSE,
        MASTERCLASS""",
    "63500": """
        AMERICAN BAR ASSOC, SHRM=SHRM, IEEE=IEEE, ACM=ACM, PMI=PMI, AICPA=AICPA, WEWORK=WeWork,
        REGUS""",
    "63600": """
        PYCON=PyCon, REINVENT=AWS re:Invent, WEB SUMMIT, SXSW=SXSW, DREAMFORCE, KUBECON=KubeCon""",
    "60100": """
        STAPLES, OFFICE DEPOT, OFFICEMAX=OfficeMax, OFFICE DEPOT/MAX=Office Depot, VIKING,
        ULINE=Uline, RYMAN, MCPAPER=McPaper, AMZN MKTP=Amazon Marketplace, AMAZON MKTPL=Amazon
        Marketplace, AMAZON MARKETPLACE, AMAZON BUSINESS""",
    "60200": """
        USPS=USPS, US POSTAL=USPS, USPS PO=USPS, STAMPS=Stamps.com, PITNEY BOWES, DEUTSCHE POST,
        ROYAL MAIL, LA POSTE, CANADA POST, KINKOS=FedEx Office, FEDEX OFFICE=FedEx Office,
        FEDEXOFFICE=FedEx Office""",
    "60300": """
        BARNES & NOBLE, BARNES NOBLE=Barnes & Noble, AUDIBLE, KINDLE, KINDLE SVCS=Kindle, NEW YORK
        TIMES, NYTIMES=New York Times, WALL ST JOURNAL=Wall Street Journal, WSJ=Wall Street Journal,
        D J WALL-ST-JOURNAL=Wall Street Journal, ECONOMIST, FINANCIAL TIMES, BLOOMBERG, WATERSTONES,
        THALIA, MEDIUM""",
    "60400": """
        IKEA=IKEA, HERMAN MILLER, STEELCASE, WAYFAIR, CRATE & BARREL, UPLIFT DESK, FULLY""",
    "66300": """
        STARBUCKS, BLUE BOTTLE, BLUE BOTTLE COFFEE=Blue Bottle Coffee, PEETS=Peet's Coffee,
        PEET'S=Peet's Coffee, PHILZ COFFEE, DUNKIN=Dunkin', DUNKIN'=Dunkin', TIM HORTONS, COSTA
        COFFEE, PRET A MANGER, PRET=Pret A Manger, CAFFE NERO, MCDONALD'S=McDonald's,
        MCDONALDS=McDonald's, SUBWAY, CHIPOTLE, PANERA, PANERA BREAD, SWEETGREEN=sweetgreen, SHAKE
        SHACK, FIVE GUYS, WENDY'S, WENDYS=Wendy's, BURGER KING, TACO BELL, CHICK-FIL-A=Chick-fil-A,
        IN-N-OUT=In-N-Out, PANDA EXPRESS, KFC=KFC, PIZZA HUT, DOMINO'S=Domino's, DOMINOS=Domino's,
        OLIVE GARDEN, CHEESECAKE FACTORY, DENNY'S, IHOP=IHOP, NANDOS=Nando's, NANDO'S, WAGAMAMA,
        GREGGS, UBER EATS, DOORDASH=DoorDash, GRUBHUB=Grubhub, DELIVEROO, JUST EAT, LIEFERANDO,
        SEAMLESS, WOLT, CAVIAR, EZCATER=ezCater, VAPIANO, NORDSEE""",
    "66400": """
        WHOLE FOODS, WHOLEFDS=Whole Foods, TRADER JOE'S, TRADER JOES=Trader Joe's, SAFEWAY, KROGER,
        COSTCO WHSE=Costco, COSTCO, ALDI=ALDI, LIDL, REWE=REWE, EDEKA=EDEKA, TESCO, TESCO
        STORES=Tesco, SAINSBURYS=Sainsbury's, SAINSBURY'S, WAITROSE, CARREFOUR, PUBLIX, WEGMANS,
        INSTACART, SPROUTS, ALBERTSONS, HEB=H-E-B, H-E-B=H-E-B, CO-OP""",
    "66200": """
        TOPGOLF=Topgolf, TEAMBUILDING=Teambuilding.com, BOWLERO""",
    "66100": """
        TICKETMASTER, STUBHUB=StubHub, OPENTABLE=OpenTable""",
    "67100": """
        FEDEX=FedEx, UPS=UPS, UPS STORE=The UPS Store, DHL=DHL, DHL EXPRESS=DHL Express, DPD=DPD,
        GLS=GLS, HERMES, PUROLATOR, ONTRAC=OnTrac, TNT EXPRESS=TNT, EASYPOST=EasyPost, SHIPPO,
        SHIPSTATION=ShipStation, FLEXPORT""",
    "67300": """
        HOME DEPOT, LOWE'S, LOWES=Lowe's, ACE HARDWARE, HARBOR FREIGHT, GRAINGER,
        MCMASTER-CARR=McMaster-Carr, HORNBACH, OBI=OBI, BAUHAUS, SCREWFIX, TOOLSTATION, NORTHERN
        TOOL, WUERTH=Würth, FASTENAL, B&Q=B&Q""",
    "67200": """
        GLOBAL INDUSTRIAL, U-LINE=Uline""",
    "67500": """
        MERRY MAIDS, CINTAS, HELPLING, SERVPRO=Servpro""",
    "68100": """
        STRIPE FEE""",
    "68200": """
        GEICO=GEICO, STATE FARM, PROGRESSIVE, ALLSTATE, HISCOX, ALLIANZ, AXA=AXA, LIBERTY MUTUAL,
        NATIONWIDE INS=Nationwide, TRAVELERS INS=Travelers, HARTFORD INS=The Hartford, THE HARTFORD,
        NEXT INSURANCE, LEMONADE""",
    "68300": """
        DMV=DMV, SECRETARY OF STATE, US PATENT=USPTO, USPTO=USPTO""",
    "68400": """
        PG&E=PG&E, PGE=PG&E, CON EDISON=Con Edison, CONED=Con Edison, DUKE ENERGY, EDISON,
        VATTENFALL, E.ON=E.ON, STADTWERKE, THAMES WATER""",
    "68500": """
        1-800-FLOWERS=1-800-Flowers, FTD=FTD, INTERFLORA, MOONPIG, HARRY & DAVID, RED CROSS,
        UNICEF=UNICEF, GOFUNDME=GoFundMe""",
}

# Words that say what kind of business it is, whatever its name.
KINDS: Final[dict[str, str]] = {
    "60200": """
        POST OFFICE""",
    "63200": """
        LAW OFFICES, LAW OFFICE""",
    "63500": """
        CHAMBER OF COMMERCE""",
    "63600": """
        CONFERENCE, SUMMIT""",
    "64100": """
        PETROLEUM, FUEL""",
    "64300": """
        PARKING, TOLL, TOLLS""",
    "64400": """
        CAR WASH""",
    "64500": """
        TAXI, CAB""",
    "65100": """
        AIRLINES, AIRWAYS""",
    "65300": """
        HOTEL, HOTELS, MOTEL, HOSTEL, INN""",
    "66100": """
        GOLF CLUB""",
    "66200": """
        BOWLING, ESCAPE ROOM""",
    "66300": """
        CAFE, COFFEE, PIZZERIA, PIZZA, RESTAURANT, RISTORANTE, TRATTORIA, BISTRO, BRASSERIE, DINER,
        GRILL, TAQUERIA, SUSHI, RAMEN, BAKERY, BAECKEREI, BOULANGERIE, DELI, STEAKHOUSE, KITCHEN,
        EATERY, TAVERN, BBQ, BURGER, BURGERS, NOODLE, NOODLES, THAI, GASTHAUS, OSTERIA, ESPRESSO""",
    "66400": """
        SUPERMARKET, GROCERY""",
    "67200": """
        PACKAGING""",
    "67300": """
        HARDWARE""",
    "67500": """
        JANITORIAL, CLEANING SERVICES""",
    "68100": """
        FOREIGN TRANSACTION FEE, ANNUAL FEE, ANNUAL MEMBERSHIP FEE, LATE FEE, INTEREST CHARGE,
        INTEREST CHARGED, BANK FEE, CARD FEE, WIRE FEE, SERVICE CHARGE, OVERDRAFT FEE, CASH ADVANCE
        FEE, MONTHLY FEE""",
    "68200": """
        INSURANCE""",
    "68300": """
        PERMIT""",
    "68500": """
        FLORIST, GIFT CARD""",
}

# What issuers write in their own category column (Chase, American Express, Capital One, Discover
# and a few open formats), in lower case. The first say the account, the hints only roughly.
SURE_CATEGORIES: Final[dict[str, str]] = {
    "65100": """
        travel-airline, airfare, airline, airlines, air travel, flights""",
    "65200": """
        transportation-rail services, rail, train, public transportation, transit, railways""",
    "65300": """
        travel-lodging, lodging, hotel, hotels, hotels/motels, hotels & lodging""",
    "65400": """
        travel-travel agencies, travel agency, travel agencies, travel agencies & tours""",
    "65500": """
        other travel""",
    "64100": """
        gas, gasoline, gas/automotive, transportation-fuel, fuel, gas stations, service stations""",
    "64200": """
        car rental, travel-auto rental, vehicle rental, transportation-vehicle leasing & purchase,
        rental cars""",
    "64300": """
        transportation-parking charges, parking, transportation-tolls & fees, tolls,
        parking & tolls""",
    "64400": """
        transportation-auto services, auto maintenance, automotive repair""",
    "64500": """
        transportation-taxis & coach, taxi, taxis, ride share, rideshare, taxis and limousines""",
    "66300": """
        food & drink, dining, restaurants, restaurant, restaurant-restaurant, restaurant-bar & café,
        restaurant-bar & cafe, fast food, coffee shops, food and drink, eating out, meals,
        restaurants/dining""",
    "66400": """
        groceries, grocery, supermarkets, merchandise & supplies-groceries, grocery stores""",
    "60100": """
        business services-office supplies, office supplies,
        merchandise & supplies-office supplies""",
    "60200": """
        business services-mailing & shipping, office & shipping, postage, business services-printing
        & publishing""",
    "60300": """
        merchandise & supplies-book stores, books, newspapers & magazines""",
    "61100": """
        merchandise & supplies-computer supplies, computers, electronics""",
    "61400": """
        phone/cable, communications-telephone communications, telephone, mobile phone, phone, cell
        phone""",
    "61500": """
        communications-cable & internet comm, internet, cable & internet, communications-other
        telecom""",
    "62100": """
        business services-advertising services, advertising, marketing""",
    "63100": """
        business services-professional services, professional services, consulting""",
    "63400": """
        education, training""",
    "67300": """
        merchandise & supplies-hardware supplies, hardware""",
    "67400": """
        repair & maintenance, other-repair & maintenance""",
    "68100": """
        fees & adjustments, fees & adjustments-fees & adjustments, fee/interest charge, fees, bank
        fees, interest, interest charge""",
    "68200": """
        insurance, business services-insurance services, other-insurance services""",
    "68400": """
        utilities""",
    "68500": """
        gifts & donations, charity, other-charities, donations""",
}

HINT_CATEGORIES: Final[dict[str, str]] = {
    "65500": """
        travel, travel/ entertainment""",
    "66100": """
        entertainment, entertainment-general events, entertainment-other entertainment,
        entertainment-theatrical events""",
    "60100": """
        shopping, merchandise, merchandise & supplies-internet purchase, merchandise &
        supplies-general retail, merchandise & supplies-mail order, department stores""",
    "61500": """
        bills & utilities""",
    "64400": """
        automotive""",
    "67400": """
        home, home improvement""",
    "63100": """
        services, other services, business services-other services""",
}
