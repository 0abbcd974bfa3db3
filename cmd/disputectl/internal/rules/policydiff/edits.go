package policydiff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"disputecloser/shared/policy"
)

// edits returns what two rules of one name say differently, by path.
func edits(older, newer policy.Rule) []Setting {
	was, is := flat(older), flat(newer)
	var all []Setting
	for _, path := range keys(was, is) {
		if was[path] != is[path] {
			all = append(all, Setting{Name: path, Old: was[path], New: is[path], Currency: currencyIn(path)})
		}
	}
	return all
}

// currencyIn returns the currency of a path to an amount, such as if.amount.usd.at_most.
func currencyIn(path string) string {
	rest, is := strings.CutPrefix(path, "if.amount.")
	if !is {
		return ""
	}
	code, _, _ := strings.Cut(rest, ".")
	return code
}

// flat returns a rule's values by their paths, as the compiled policy has them.
func flat(r policy.Rule) map[string]string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // Texts, numbers and maps of them always marshal.
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // An amount may have more digits than a float holds.
	var tree map[string]any
	if err := decoder.Decode(&tree); err != nil {
		panic(err) // It was just written.
	}
	all := map[string]string{}
	flatten(all, "", tree)
	return all
}

func flatten(into map[string]string, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			flatten(into, strings.TrimPrefix(path+"."+name, "."), inner)
		}
	case []any:
		words := make([]string, len(v))
		for i, word := range v {
			words[i] = fmt.Sprint(word)
		}
		into[path] = strings.Join(words, ", ")
	default:
		into[path] = fmt.Sprint(v)
	}
}
