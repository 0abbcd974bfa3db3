package dispute

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// fieldBytes is how many bytes of an object's text a field takes, about, and fieldsMax the most fields for which room is made
// before they are seen. WooshPay's disputes have 24 in 2 KB.
const (
	fieldBytes = 64
	fieldsMax  = 24
)

// split cuts an object into its fields; false for any other value. The text is valid JSON: it was checked as a whole, and
// what is inside it is not checked again. Of fields with one name the last counts, as in encoding/json.
func split(text string) (fields, bool) {
	i := spaceEnd(text, 0)
	if text[i] != '{' {
		return nil, false
	}
	f := make(fields, min(len(text)/fieldBytes, fieldsMax))
	for i = spaceEnd(text, i+1); text[i] != '}'; i = spaceEnd(text, i) {
		if text[i] == ',' {
			i = spaceEnd(text, i+1)
		}
		name := text[i:stringEnd(text, i)]
		i = spaceEnd(text, i+len(name))
		i = spaceEnd(text, i+1) // the colon
		value := text[i:valueEnd(text, i)]
		f[unquoted(name)] = value
		i += len(value)
	}
	return f, true
}

// spaceEnd returns the first place from i on that is not white space.
func spaceEnd(text string, i int) int {
	for text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n' {
		i++
	}
	return i
}

// stringEnd returns the place after the string that begins at i.
func stringEnd(text string, i int) int {
	for i++; ; i++ {
		i += strings.IndexByte(text[i:], '"')
		slash := i
		for text[slash-1] == '\\' {
			slash--
		}
		if (i-slash)%2 == 0 { // the quotation mark is not escaped
			return i + 1
		}
	}
}

// valueEnd returns the place after the value that begins at i.
func valueEnd(text string, i int) int {
	switch text[i] {
	case '"':
		return stringEnd(text, i)
	case '{', '[':
		return nestedEnd(text, i)
	}
	for i < len(text) && text[i] > ' ' && text[i] != ',' && text[i] != ']' && text[i] != '}' {
		i++
	}
	return i
}

// nestedEnd returns the place after the object or array that begins at i.
func nestedEnd(text string, i int) int {
	for depth := 0; ; i++ {
		switch text[i] {
		case '"':
			i = stringEnd(text, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// unquoted returns what a JSON string says.
func unquoted(value string) string {
	inside := value[1 : len(value)-1]
	if strings.IndexByte(inside, '\\') < 0 && utf8.ValidString(inside) {
		return inside
	}
	var s string
	_ = json.Unmarshal([]byte(value), &s) // It was read as JSON before, and is a string.
	return s
}
