package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A browser that stands still at its first start is started again.
func TestSilentBrowserIsStartedAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	real, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	silent := write(t, dir, "silent-once", `#!/bin/sh
if [ -e "`+dir+`/seen" ]; then exec "`+real+`" "$@"; fi
touch "`+dir+`/seen"
exec sleep 600
`)
	b, err := launch(silent, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if b.userAgent == "" {
		t.Error("the browser that was started second has no name")
	}
}

func TestBrowserThatIsAlwaysSilentEndsTheTest(t *testing.T) {
	dir := t.TempDir()
	_, err := launch(write(t, dir, "silent", "#!/bin/sh\necho x >> \""+dir+"/seen\"\nexec sleep 600\n"), 50*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "3 times") {
		t.Fatalf("got %v", err)
	}
}

// A browser that ends at once has said why, and is not asked again.
func TestBrowserThatEndsIsNotStartedAgain(t *testing.T) {
	dir := t.TempDir()
	_, err := launch(write(t, dir, "broken", "#!/bin/sh\necho x >> \""+dir+"/seen\"\nexit 3\n"), startWait)
	if err == nil {
		t.Fatal("a browser that ended was said to run")
	}
	if seen, _ := os.ReadFile(filepath.Join(dir, "seen")); strings.Count(string(seen), "x") != 1 {
		t.Errorf("started %d times, not once", strings.Count(string(seen), "x"))
	}
}

func write(t *testing.T, dir, name, script string) (path string) {
	t.Helper()
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}
