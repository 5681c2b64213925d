package crash

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"luukku/faults/powercut"
	"luukku/faults/report"
	"luukku/store/sqldb"
)

// cutsPerDisk is how many cuts one disk sees before the next one begins empty.
const cutsPerDisk = 10

// shares are how much of the unsynced survives a cut.
var shares = []float64{0, 0.3, 0.7, 1}

// TestPowerCut cuts the power of the disk that the data lies on while sixteen clients are at work, and sometimes while the server starts, again and
// again on what survived.
func TestPowerCut(t *testing.T) {
	if err := powercut.Supported(); err != nil {
		fmt.Fprintf(os.Stderr, "SKIPPED, POWER CUTS NOT TESTED: %v\n", err)
		t.Skip(err)
	}
	var sum tally
	var syncs, early, odd int
	for sum.runs < report.Size(20, 500) && !t.Failed() {
		l, disk := newLedger(), powercut.Files(nil)
		for i := 0; i < cutsPerDisk && sum.runs < report.Size(20, 500) && !t.Failed(); i++ {
			o := cut{starting: i < 2, survives: shares[rand.IntN(len(shares))]}
			o.run(t, l, disk)
			disk = o.found
			sum.runs++
			syncs += o.syncs
			if o.starting {
				early++
			}
			reopen(t, disk, l)
		}
		sum.add(t, l)
		odd += l.oddities
	}
	sum.report(t, "power cut, SQLite", report.Of(syncs, "syncs"), report.Of(early, "while starting"),
		report.Of(odd, "errors told after the cut"))
}

// cut is one cut of the power.
type cut struct {
	starting bool    // it comes while the server starts
	survives float64 // the share of the unsynced that is there afterwards

	found powercut.Files
	syncs int
}

// run runs the product on a disk until the cut.
func (c *cut) run(t *testing.T, l *ledger, files powercut.Files) {
	t.Helper()
	disk := powercut.New(files)
	disk.SyncTime = time.Millisecond
	dir := t.TempDir()
	m, err := powercut.Mount(disk, dir)
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, "book", dir, l, "LUUKKU_FILES_DIR="+t.TempDir()) // the disk has the database alone, and knows no directories
	if c.starting {
		select {
		case <-p.ready:
		case <-time.After(rand.N(300 * time.Millisecond)):
		}
	} else {
		p.wait(t)
		time.Sleep(2 * moment()) // what is slower than a disk of its own gets more time
	}
	c.syncs = disk.Stats().Syncs
	p.losesDisk(true)
	c.found = disk.Cut(rand.New(rand.NewPCG(rand.Uint64(), 1)), c.survives)
	p.kill()
	p.losesDisk(false)
	if err := m.Unmount(); err != nil {
		t.Fatal(err)
	}
}

// reopen opens a copy of what survived, in memory, and holds the ledger against it. What survived itself is left for the next start to recover.
func reopen(t *testing.T, found powercut.Files, l *ledger) {
	t.Helper()
	if len(l.appointments) == 0 && len(l.holds) == 0 { // nothing was promised yet
		return
	}
	dir, err := os.MkdirTemp(sqldb.MemoryDir(256<<20), "luukku-cut-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for name, b := range found {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(dir, "luukku.db"))
	if err != nil {
		t.Fatalf("open after the cut: %v", err)
	}
	intact(t.Context(), t, d.Reader())
	l.check(t.Context(), t, d.Reader())
	if err := d.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}
