//go:build parts

package reportpage_test

import (
	"bytes"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"disputecloser/cmd/disputectl/internal/chromiumtest"
)

// TestChromiumShowsEveryFigure in the page as it stands after a browser has read it.
func TestChromiumShowsEveryFigure(t *testing.T) {
	r := month(t)
	dom := chromiumtest.Run(t, write(t, r), "--dump-dom")
	wantFigures(t, dom, r)
	wantAlone(t, dom)
	if n := strings.Count(dom, "<svg"); n != 2*4 {
		t.Errorf("%d charts in two shades, want 4", n/2)
	}
}

// TestChromiumReadsTextAsText however hostile it is.
func TestChromiumReadsTextAsText(t *testing.T) {
	want := skeleton(chromiumtest.Run(t, write(t, hostile(t, "plain")), "--dump-dom"))
	for _, evil := range evils {
		if got := skeleton(chromiumtest.Run(t, write(t, hostile(t, evil)), "--dump-dom")); got != want {
			t.Errorf("%q changes the page: %s", evil, cmp.Diff(want, got))
		}
	}
}

// TestChromiumPaintsInBothSchemes with bars in all colours of the charts.
func TestChromiumPaintsInBothSchemes(t *testing.T) {
	page := write(t, month(t))
	for scheme, test := range map[string]struct {
		setting string
		fits    func(brightness float64) bool
	}{
		"light": {"1", func(b float64) bool { return b > 0.8 }},
		"dark":  {"0", func(b float64) bool { return b < 0.3 }},
	} {
		picture := filepath.Join(t.TempDir(), scheme+".png")
		chromiumtest.Run(t, page, "--blink-settings=preferredColorScheme="+test.setting, "--window-size=1200,1200", "--screenshot="+picture)
		brightness, pixels := chromiumtest.Look(t, picture)
		if !test.fits(brightness) {
			t.Errorf("%s: the brightness is %.2f", scheme, brightness)
		}
		for _, c := range []color.RGBA{{0x3b, 0x6f, 0xd4, 255}, {0x2f, 0x9e, 0x62, 255}, {0xd9, 0x7a, 0x2b, 255}, {0x8e, 0x8e, 0x98, 255}} {
			if pixels[c] < 1000 {
				t.Errorf("%s: %d pixels of the colour %v", scheme, pixels[c], c)
			}
		}
	}
}

// TestChromiumPrints a page whose last part is there, too.
func TestChromiumPrints(t *testing.T) {
	paper := filepath.Join(t.TempDir(), "report.pdf")
	chromiumtest.Run(t, write(t, month(t)), "--no-pdf-header-footer", "--print-to-pdf="+paper)
	text, err := os.ReadFile(paper)
	if err != nil || !bytes.HasPrefix(text, []byte("%PDF-")) || bytes.Count(text, []byte("/Type /Page\n")) < 2 {
		t.Errorf("%v, %d bytes, %d pages", err, len(text), bytes.Count(text, []byte("/Type /Page\n")))
	}
}
