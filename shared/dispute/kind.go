package dispute

import (
	"fmt"
	"strings"
)

// otherThan returns in words what the object says that it is, or is empty if that is kind or if it does not say. Shapes vary,
// so an object field that is missing, null, empty or of another type says nothing; then only what no dispute, charge or event
// can look like is recognized.
func (f fields) otherThan(kind string) string {
	if named := f.text("object"); named != "" {
		if strings.EqualFold(named, kind) {
			return ""
		}
		return fmt.Sprintf("its object is %.40q", named)
	}
	if looks := f.looksLike(); looks != "" && looks != kind {
		return "it has no object field and looks like " + article(looks)
	}
	return ""
}

// prefixes are those of the ids of other objects, in Stripe's naming, which WooshPay's samples follow.
var prefixes = map[string]string{"evt": "event", "ch": "charge", "pi": "payment intent", "re": "refund", "cus": "customer"}

// looksLike returns what an object evidently is that does not name itself; empty if nothing is evident.
func (f fields) looksLike() string {
	data, _ := f.object("data")
	if _, about := data.object("object"); about && f.text("type") != "" {
		return "event"
	}
	_, refused := f.object("error")
	if refused && f.text("status") == "" {
		return "error"
	}
	prefix, _, _ := strings.Cut(f.id("id"), "_")
	return prefixes[prefix]
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
