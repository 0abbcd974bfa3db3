// Package diffpage writes what a change of the policy changes as one HTML page, for whoever reviews a release. It needs
// nothing else: no script, no font, no picture from elsewhere.
package diffpage

import (
	"bytes"
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/pagestyle"
	"disputecloser/cmd/disputectl/internal/rules/policydiff"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/currency"
)

//go:embed page.html
var source string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"style":   pagestyle.CSS,
	"line":    screen.Line,
	"moment":  view.Moment,
	"money":   currency.Text,
	"minus":   func(a, b int64) int64 { return a - b },
	"count":   func(n int64) string { return strconv.FormatInt(n, 10) },
	"upper":   strings.ToUpper,
	"fromTo":  view.FromTo,
	"fate":    view.FateText,
	"counts":  view.MoneyText,
	"amount":  view.ExampleAmount,
	"instant": view.ExampleTimes,
}).Parse(source))

// data is what the template shows.
type data struct {
	policydiff.Report
	view.Compared
	At     time.Time
	Lines  []string
	Closes []view.ClosesChange
	Groups []view.FateGroup
	Taken  []string
}

// Write writes the page. What a policy or a dispute holds is text in it, and harmless to a reader, too.
func Write(w io.Writer, r policydiff.Report, of view.Compared, at time.Time) error {
	d := data{
		Report: r, Compared: of, At: at, Lines: view.DiffSummary(r), Closes: view.ClosesOf(r), Groups: view.FateGroups(r), Taken: view.DiffAssumptions(r),
	}
	var b bytes.Buffer
	if err := page.Execute(&b, d); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	_, err := screen.New(w, "").Write(b.Bytes())
	return err
}
