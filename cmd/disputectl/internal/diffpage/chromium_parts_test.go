//go:build parts

package diffpage_test

import (
	"path/filepath"
	"testing"

	"disputecloser/cmd/disputectl/internal/chromiumtest"
)

// TestChromiumShowsEveryFigure in the page as it stands after a browser has read it.
func TestChromiumShowsEveryFigure(t *testing.T) {
	wantFigures(t, chromiumtest.Run(t, write(t, change("small"), "old.yaml"), "--dump-dom"))
}

// TestChromiumPaintsInBothSchemes: light is light, and dark is dark.
func TestChromiumPaintsInBothSchemes(t *testing.T) {
	page := write(t, change("small"), "old.yaml")
	for scheme, test := range map[string]struct {
		setting string
		fits    func(brightness float64) bool
	}{
		"light": {"1", func(b float64) bool { return b > 0.8 }},
		"dark":  {"0", func(b float64) bool { return b < 0.3 }},
	} {
		picture := filepath.Join(t.TempDir(), scheme+".png")
		chromiumtest.Run(t, page, "--blink-settings=preferredColorScheme="+test.setting, "--window-size=1200,1200", "--screenshot="+picture)
		if brightness, _ := chromiumtest.Look(t, picture); !test.fits(brightness) {
			t.Errorf("%s: the brightness is %.2f", scheme, brightness)
		}
	}
}
