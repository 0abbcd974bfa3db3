// Package chromiumtest looks at a page as a browser shows it.
package chromiumtest

import (
	"bytes"
	"context"
	"image"
	"image/color"
	_ "image/png" // what Chromium's screenshots are
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// browsers are the names under which systems have a Chromium.
var browsers = []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"}

// Run runs a headless Chromium on a page and returns what it prints.
func Run(t *testing.T, page string, flags ...string) string {
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
	file := filepath.Join(t.TempDir(), "page.html")
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

// Look returns a picture's mean brightness, from 0 to 1, and how many pixels each colour has.
func Look(t *testing.T, picture string) (brightness float64, pixels map[color.RGBA]int) {
	t.Helper()
	file, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	of, _, err := image.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
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
