//go:build parts

package reportpage_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	_ "image/png" // what Chromium's screenshots are
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// browsers are the names under which systems have a Chromium.
var browsers = []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"}

// chromium runs a headless Chromium on a page and returns what it prints.
func chromium(t *testing.T, page string, flags ...string) string {
	t.Helper()
	var program string
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Fatal("Chromium is missing: apt-get install -y chromium-headless-shell")
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// The sandbox needs rights that root in a container does not have, and the page is our own. Nothing is looked up or fetched.
	args := append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + t.TempDir(),
	}, flags...)
	cmd := exec.CommandContext(ctx, program, append(args, "file://"+file)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, errs.String())
	}
	return out.String()
}

// TestChromiumShowsEveryFigure in the page as it stands after a browser has read it.
func TestChromiumShowsEveryFigure(t *testing.T) {
	r := month(t)
	dom := chromium(t, write(t, r), "--dump-dom")
	wantFigures(t, dom, r)
	wantAlone(t, dom)
	if n := strings.Count(dom, "<svg"); n != 2*4 {
		t.Errorf("%d charts in two shades, want 4", n/2)
	}
}

// TestChromiumReadsTextAsText however hostile it is.
func TestChromiumReadsTextAsText(t *testing.T) {
	want := skeleton(chromium(t, write(t, hostile(t, "plain")), "--dump-dom"))
	for _, evil := range evils {
		if got := skeleton(chromium(t, write(t, hostile(t, evil)), "--dump-dom")); got != want {
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
		chromium(t, page, "--blink-settings=preferredColorScheme="+test.setting, "--window-size=1200,1200", "--screenshot="+picture)
		file, err := os.Open(picture)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		painted, _, err := image.Decode(file)
		if err != nil {
			t.Fatal(err)
		}
		brightness, pixels := look(painted)
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

// look returns a picture's mean brightness, from 0 to 1, and how many pixels each colour has.
func look(of image.Image) (brightness float64, pixels map[color.RGBA]int) {
	pixels = map[color.RGBA]int{}
	bounds := of.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := color.RGBAModel.Convert(of.At(x, y)).(color.RGBA)
			pixels[c]++
			brightness += float64(c.R) + float64(c.G) + float64(c.B)
		}
	}
	return brightness / float64(3*255*bounds.Dx()*bounds.Dy()), pixels
}

// TestChromiumPrints a page whose last part is there, too.
func TestChromiumPrints(t *testing.T) {
	paper := filepath.Join(t.TempDir(), "report.pdf")
	chromium(t, write(t, month(t)), "--no-pdf-header-footer", "--print-to-pdf="+paper)
	text, err := os.ReadFile(paper)
	if err != nil || !bytes.HasPrefix(text, []byte("%PDF-")) || bytes.Count(text, []byte("/Type /Page\n")) < 2 {
		t.Errorf("%v, %d bytes, %d pages", err, len(text), bytes.Count(text, []byte("/Type /Page\n")))
	}
}
