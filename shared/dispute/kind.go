package dispute

import (
	"fmt"
	"strings"
)

// otherThan returns in words what the object says that it is; empty if that is kind, or if it does not say. An object field
// that is missing, null, empty or of another type says nothing. Then only a shape that no object of this kind has counts.
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

// looksLike returns what an object without a name evidently is; empty if that is not evident.
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
