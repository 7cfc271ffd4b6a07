/** What a redactor must replace stands in ⟦…⟧ with its kind; all else must stay. */
export const personalLines: readonly string[] = `
Please answer to ⟦email:lorena.fuentespina@mail.example⟧ as soon as you can.
Schreiben Sie mir an ⟦email:j.müller+bestellung@firma.de⟧, danke schön.
Mi correo es ⟦email:ana_ruiz99@correo.es⟧.
Mon adresse mail : ⟦email:zoe-petit@courrier.fr⟧
Cc ⟦email:A.B@sub.domain.co.uk⟧; and ⟦email:x@xn--bcher-kva.de⟧!
<⟦email:o’hara@posta.it⟧>
Ring me on ⟦phone:+44 7911 123456⟧ after six.
My number is ⟦phone:(415) 234-2671⟧, thanks for calling.
Call ⟦phone:1-800-356-9377⟧ or ⟦phone:212.736.5000⟧.
Tel.: ⟦phone:030 / 123 45 67⟧
Meine Handynummer: ⟦phone:0171 2345678⟧
Sie erreichen mich unter ⟦phone:+49 (0)30 901820⟧.
Handy ⟦phone:0151-23456789⟧, bitte nicht vor acht.
Rückruf an ⟦phone:(089) 2180-0⟧ erbeten.
Mobil ⟦phone:01701234567⟧
Mi móvil es ⟦phone:612 345 678⟧.
Teléfono: ⟦phone:91 234 56 78⟧
Llámeme al ⟦phone:+34 612 34 56 78⟧ por la tarde.
Puede llamar al ⟦phone:655 44 33 22⟧
Mon téléphone : ⟦phone:06 12 34 56 78⟧
Appelez-moi au ⟦phone:+33 6 12 34 56 78⟧.
Portable ⟦phone:06.98.76.54.32⟧
Fax ⟦phone:0612345678⟧
WhatsApp: ⟦phone:491701234567⟧
In Wien: ⟦phone:+43 1 58858⟧.
Ask at ⟦phone:0044 20 7946 0958⟧.
London office ⟦phone:020 7946 0018⟧, mine ⟦phone:07911 123456⟧.
tel:⟦phone:+14155552671⟧
Please refund to ⟦iban:DE89 3704 0044 0532 0130 00⟧.
IBAN: ⟦iban:GB82WEST12345698765432⟧
Mi cuenta es ⟦iban:ES91 2100 0418 4502 0005 1332⟧.
Mon IBAN ⟦iban:FR14 2004 1010 0505 0001 3M02 606⟧ est valable.
Konto ⟦iban:at611904300234573201⟧ bei der Bank
⟦iban:NL91ABNA0417164300⟧ is mine.
IBAN ⟦iban:DE12 3456 7890 1234 5678 90⟧ was mistyped.
Card ⟦card:4111 1111 1111 1111⟧ was charged twice.
Meine Karte ⟦card:5555-5555-5555-4444⟧, gültig bis 03/27.
Tarjeta ⟦card:378282246310005⟧ rechazada.
Carte ⟦card:6011 1111 1111 1117⟧ refusée.
⟦card:4222222222222⟧
I was born on ⟦birth-date:3 April 1981⟧ in Leeds.
Date of birth: ⟦birth-date:1981-04-03⟧
DOB ⟦birth-date:04/03/81⟧
Her birthday is ⟦birth-date:April 3, 1981⟧.
Sie ist geboren am ⟦birth-date:3. April 1981⟧.
Geburtsdatum: ⟦birth-date:03.04.1981⟧
Ich bin am ⟦birth-date:14.02.1979⟧ geboren.
Sie wurde am ⟦birth-date:3. April 1981⟧ in Bonn geboren.
Am 03.04.2026 kam die Uhr, und die Idee dazu war da längst geboren.
Geb. ⟦birth-date:3.4.1981⟧
Er wurde geboren am ⟦birth-date:03.04.81⟧.
Nací el ⟦birth-date:3 de abril de 1981⟧.
Fecha de nacimiento: ⟦birth-date:03/04/1981⟧
Nacida el ⟦birth-date:3.4.1981⟧
Née le ⟦birth-date:3 avril 1981⟧ à Lyon.
Date de naissance : ⟦birth-date:03-04-1981⟧
né le ⟦birth-date:1er avril 1981⟧
Max Muster *⟦birth-date:03.04.1981⟧
Send it to ⟦address:12 Elm Street⟧, please.
I moved to ⟦address:7b St. Mary Road⟧.
Deliver to ⟦address:221B Baker Street, London NW1 6XE⟧.
Our new place is ⟦address:1600 Pennsylvania Avenue, Washington, DC 20500⟧.
PO Box: write to ⟦address:P.O. Box 1234⟧.
Ich wohne in der ⟦address:Hauptstraße 5, 10115 Berlin⟧.
Neue Anschrift: ⟦address:Am Bachweg 12a, 80331 München⟧
Lieferung in die ⟦address:Lange Str. 7⟧, bitte.
Postfach: ⟦address:Postfach 4711⟧
Bitte an ⟦address:Goetheallee 14⟧ liefern.
Vivo en ⟦address:Calle Mayor 3, 28013 Madrid⟧.
Envíelo a la ⟦address:Avda. de la Constitución, 12⟧.
Mi dirección: ⟦address:Plaza del Sol 4⟧
⟦address:C/ Alcalá 45⟧ es mi casa.
J’habite ⟦address:12 rue de la Paix, 75002 Paris⟧.
Livrez au ⟦address:3 bis, avenue Foch⟧ merci
mon adresse est ⟦address:45 boulevard Victor Hugo⟧.
Address: ⟦address:Flat 3, Rose Cottage⟧
My name is ⟦name:Nora Quill⟧ and the lamp is broken.
Dear ⟦name:Jonathan⟧,
Hello ⟦name:Petra Lindqvist⟧, your parcel is here.
Mr. ⟦name:Callum Wexford⟧ wrote twice.
Mrs ⟦name:Okonkwo⟧ is not amused.
Dr. ⟦name:Ada Byron⟧ ordered three.
Best regards, ⟦name:Nora Fenwick⟧
Thanks! ⟦name:Bob⟧
Name: ⟦name:Siobhan O’Malley⟧
From: ⟦name:Nora Quill⟧ <⟦email:nora@quill.example⟧>
⟦name:Nora Quill⟧ wrote:
This is ⟦name:Priya Raman⟧, I called yesterday.
The customer ⟦name:Petra Lindqvist⟧ got no answer.
Mein Name ist ⟦name:Jonas Ahrensberg⟧.
Sehr geehrte Frau ⟦name:Lindqvist⟧,
Herr ⟦name:Jürgen Groß⟧ hat zweimal geschrieben.
Ich heiße ⟦name:Änne Böhm⟧ und warte.
Mit freundlichen Grüßen ⟦name:Jonas Ahrensberg⟧
Viele Grüße, ⟦name:Annika⟧
Liebe ⟦name:Susanne⟧, die Vase kam an.
Kundin: ⟦name:Ines von der Heide⟧
Me llamo ⟦name:Lorena Fuentespina⟧.
Estimada ⟦name:Lorena⟧:
La clienta ⟦name:Ana María Ruiz⟧ no recibió nada.
Un saludo, ⟦name:Íñigo Sáenz de Miera⟧
Señora ⟦name:Ortega⟧ llamó ayer.
Don ⟦name:Alonso Pérez⟧ espera respuesta.
Je m’appelle ⟦name:Zoé Lambert⟧.
Bonjour Madame ⟦name:Lefèvre⟧,
Cordialement, ⟦name:Étienne d’Arc⟧
M. ⟦name:Dupont⟧ attend toujours.
Merci ⟦name:Amélie⟧
Cher ⟦name:Thibault⟧, votre colis est parti.
My password is ⟦secret:hunter2horse⟧ if you need it.
Passwort: ⟦secret:Geheim!2026⟧
https://nora:⟦secret:s3cr3tword⟧@shop.example/orders
Authorization: Bearer ⟦secret:abcdefghijklmnopqrstuvwxyz012345⟧
key ⟦secret:sk-Ab9Ab9Ab9Ab9Ab9Ab9Ab9⟧ leaked
Passwort lautet ⟦secret:Sommer2024!⟧
Das Kennwort war: ⟦secret:Winter-2025⟧
api_key=⟦secret:abcdef0123456789abcdef⟧
STRIPE_SECRET_KEY="⟦secret:b7f3a19c55e2d4⟧"
token: ⟦secret:9f8e7d6c5b4a39281706f5e4d3c2b1a0⟧
Frau Dr. ⟦name:Müller⟧ wartet.
Sehr geehrte Frau Prof. Dr. ⟦name:Annegret Müller⟧,
Sra. Dña. ⟦name:María Pérez⟧ llamó.
Frau ⟦name:von der Heide⟧ ist umgezogen.
Mr. ⟦name:van Dyke⟧ is not amused.
Hr. ⟦name:Müller⟧ rief an.
Fr. ⟦name:Rautenfeld⟧ auch.
Herrn und Frau ⟦name:Meierhold⟧
Dear Mr. and Mrs. ⟦name:Foxworth⟧,
Dear ⟦name:Ann⟧ and ⟦name:Bob⟧,
Hi ⟦name:Nora⟧ and team,
Hallo ⟦name:Gesine⟧ und ⟦name:Otto⟧,
⟦name:Gesine Rautenfeld⟧ (⟦email:gesine@firma.de⟧) fragt nach.
Contact ⟦name:Nora Quill⟧, ⟦email:nora@quill.org⟧.
Ich wohne ⟦address:Am Markt 5, 53111 Bonn⟧.
Bitte nach ⟦address:Unter den Linden 77, 10117 Berlin⟧ schicken.
Ma maison : ⟦address:Les Tilleuls 4, 75002 Paris⟧
Order MW-48213 of 2026-04-01 is late.
Bestellung 4711-0815 vom 01.04.2026 fehlt.
El pedido 100-2034-55 llegó el 03/04/2026.
La commande n° 20260401-17 du 3 avril 2026 est arrivée.
Version 1.2.3 works, 10.15.7 does not, v2024.11.05 neither.
npm i left-pad@1.3.0 and actions/checkout@v4.1.0
The price was 1 250 000,50 € instead of 1.250,50 €.
Es kostete 1.234.567,89 EUR, nicht 99,95 €.
Costó 612 345 678 euros según la factura.
Cela coûte 612 345 678 €.
415 555 267 pieces, 555.123.456 in total
At 2026-04-01 12:30 and at 2026-04-01T12:30:00Z.
Geöffnet von 08:00 bis 18:30 Uhr, Mo. bis Fr.
192.168.100.200 answers, 10.0.0.1 does not.
1763755200000 milliseconds, 20250110123456 as a time
Commit 03e3291f and sha256 9f86d081884c7d659a2feaa0c55ad015
Ticket T-0001, article KB-107 before KB-104.
Tracking 00340434161094042557 says delivered.
EAN 4006381333931 is the pencil.
ISBN 978-3-16-148410-0 is out of print.
4111 1111 1111 1112 is no card number.
DE00 0000 0000 0000 0000 00 is no account.
AB12CDCD is a coupon, SUMMER25 another.
The meeting is on 3 April 1981 in the archive.
Birthday sale until 24.12.2025!
Delivered on 03.04.2026, ordered on 01.04.2026.
Die Lieferung kam am 3. April 2026.
Llegó el 3 de abril de 2026.
Je ne l’ai pas reçu le 12/03/2026.
3 items on Main Street
12 Elm Streets are in this county.
Sitzplatz 12 und Parkplatz 7 sind frei.
auf dem Weg 3 Tage verloren
la calle estaba cortada durante 3 horas
Il y a 2 places à Rome, 12 rue
The address is wrong in 3 orders.
IP address: 10.0.0.1
Dear Customer Support,
Hello World!
Hi there, the lamp broke.
Dear Sir or Madam,
Liebes Team, die Lampe ist kaputt.
Sehr geehrte Damen und Herren,
Hallo zusammen,
Estimados señores:
Hola equipo, buenos días
Bonjour Madame, Monsieur,
Mit freundlichen Grüßen
Thanks in advance!
Thanks, Please call back.
The order is for a Blue Floor Lamp.
Name: lamp
I am happy with it.
Ich bin Kunde seit 2019.
Frau und Mann können es tragen.
The password is required at login.
password: string;
const user = await find(id);
Room 101, floor 3, desk 12-B
Size 100 x 200 x 300 mm, 40 kg
Score 3:2, odds 1/250, 50 % off
+1000 points, +25 %, -3 degrees
Call of Duty 4 costs 59,99
Model X-200-3000-12 and part 12-345-6789-0
Invoice 2026-000123456 over 1,234.56
Frau und Herr sind Anreden, Prof. Dr. sind Titel.
Der Herr der Ringe liegt bei.
Dear Sir and Madam,
Hello World and all!
Mo. bis Fr. Vormittag, Fr. Sa. nie
LG Monitor und LG Fernseher
VG Wort zahlt nichts.
Customer Support (help@) answers.
Lampe 5, 10000 Stück auf Lager
Regal 12, 53111 Artikel darin
Due on April 5, 2026 in Berlin.
The token is in the mail.
token: string, secret: required
The secret is out, the key is lost.
Das Passwort lautet anders.
session id: none
SELECT token FROM orders
`
  .trim()
  .split('\n');

export interface MarkedLine {
  readonly text: string;
  readonly values: readonly { readonly kind: string; readonly value: string }[];
}

/** A line without its marks, and what they mark. */
export function markedLine(line: string): MarkedLine {
  const values = [...line.matchAll(/⟦([a-z-]+):([^⟧]+)⟧/g)].map(([, kind, value]) => ({
    kind: kind ?? '',
    value: value ?? '',
  }));
  return { text: line.replace(/⟦[a-z-]+:([^⟧]+)⟧/g, '$1'), values };
}
