// Package pagestyle is how the pages look that disputectl writes: on a screen in light and dark, and on paper.
package pagestyle

import (
	_ "embed" // the style sheet
	"html/template"
)

//go:embed style.css
var sheet string

// CSS returns the style sheet, to stand in the page itself.
func CSS() template.CSS { return template.CSS(sheet) }
