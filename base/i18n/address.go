package i18n

import (
	"regexp"
	"strings"
	"unicode"
)

// familiar are the words by which a text would speak to its reader as to one friend, in the languages whose house style is another: Finnish and
// Czech speak politely, in the plural, to citizens and to staff alike. Buttons and links are no sentences, and Finnish ones are in the singular.
var familiar = map[Lang]map[string]bool{
	"fi": listed(`sinun sinulle sinua sinulla sinulta sinut sinusta sinuun et etkö ettet ellet jollet
		olet oletko voit voitko saat saatko näet näetkö haluat haluatko annat annatko teet teetkö pääset tarvitset kirjoitat lähetät tallennat painat käytät julkaiset muutat
		poistat avaat suljet tiedät löydät jätät otat merkitset lisäät hyväksyt perut peruutat siirrät kerrot tarkistat jatkat aloitat valitset varaat
		voisit olisit saisit haluaisit kysyisit olit aloitit avasit lähetit annoit kirjoitit muutit teit
		nimesi tietosi varauksesi lomakkeesi osoitteesi puhelinnumerosi sähköpostisi kansiosi tunnuksesi salasanasi avaimesi itsesi`),
	"cs": listed(`tvůj tvoje tvá tvé tvého tvému tvou tvých tvým tebe tobě tebou
		jsi máš můžeš chceš musíš smíš budeš víš vidíš uvidíš dostaneš najdeš vybereš zadáš napíšeš klikneš pošleš uložíš změníš zvolíš potřebuješ
		vyber napiš klikni zadej zvol otevři zavři počkej zkus uprav ulož smaž přidej přihlas odhlas zkontroluj pokračuj změň nahraj stáhni hledej přečti zavolej
		vytiskni podívej potvrď doplň vyplň najdi odpověz vrať použij`),
}

// singular begins a Finnish sentence with an imperative in the singular. What does not end as a sentence is a button, a link or a heading.
var singular = regexp.MustCompile(`(?:^|[.:!?] )(?:Kirjoita|Valitse|Anna|Tallenna|Paina|Lisää|Poista|Merkitse|Kerro|Tarkista|Avaa|Katso|Lähetä|Julkaise|Jätä|Käytä|Ota|Aloita|Seuraa|` +
	`Pyydä|Kysy|Hae|Etsi|Täytä|Soita|Kirjaudu|Varmista|Muuta|Korjaa|Sulje|Tulosta|Siirrä|Odota|Yritä|Palaa|Jatka|Vastaa|Lue|Liitä|Nimeä|Pidä|Tee|Luo|Ilmoita|Hyväksy|Peru|` +
	`Peruuta|Vaihda|Säilytä|Kokeile|Mainitse|Rajaa|Kopioi|Lataa|Perustele|Muista|Sano|Ole|Mene|Tule)[ ,][^.!?]*[^ .!?][.!?](?: |$)`)

// within is the same after a conjunction, in a sentence of any form.
var within = regexp.MustCompile(`[,:]? (?:ja|tai|niin) (?:kirjoita|valitse|anna|tallenna|paina|kerro|tarkista|katso|julkaise|ota|aloita|pyydä|kysy|etsi|täytä|soita|varmista|korjaa|sulje|odota|yritä|palaa|jatka|pidä)[ ,][^"]*[.!?]$`)

func listed(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// checkAddress says where a text speaks to its reader as the house does not.
func checkAddress(l Lang, raw string, note func(string, ...any)) {
	list, ok := familiar[l]
	if !ok {
		return
	}
	for _, w := range strings.FieldsFunc(strings.ToLower(raw), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if list[w] {
			note("speaks to one friend with %q, the house speaks politely, in the plural: %q", w, raw)
			return
		}
	}
	if l == "fi" && (singular.MatchString(raw) || within.MatchString(raw)) {
		note("a sentence asks in the singular, the house speaks politely, in the plural: %q", raw)
	}
}
