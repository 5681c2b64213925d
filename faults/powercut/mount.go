package powercut

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Mounted is a disk that the kernel shows as a directory.
type Mounted struct {
	server *fuse.Server
	dir    string
}

// Supported returns why a disk cannot be mounted here, or nil: it needs root and /dev/fuse.
func Supported() error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("mounting a file system needs root")
	}
	if _, err := os.Stat("/dev/fuse"); err != nil {
		return fmt.Errorf("mounting a file system needs /dev/fuse: %w", err)
	}
	return nil
}

// Mount shows a disk at an empty directory. Only other processes may use it: this one answers the kernel, and would wait for itself.
//
// The page cache stays on (no direct I/O), because SQLite maps the index of its WAL into memory; writes go through it at once, so that the disk knows
// their order. Locks are the kernel's.
func Mount(d *Disk, dir string) (*Mounted, error) {
	long := time.Hour // nobody but the kernel changes anything
	server, err := fs.Mount(dir, &folder{disk: d}, &fs.Options{
		MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "powercut", Name: "powercut", MaxBackground: 64, IgnoreSecurityLabels: true},
		EntryTimeout: &long, AttrTimeout: &long,
	})
	if err != nil {
		return nil, fmt.Errorf("mount: %w", err)
	}
	return &Mounted{server, dir}, nil
}

// Unmount takes it away. Whoever used it must have ended.
func (m *Mounted) Unmount() error {
	var err error
	for range 100 { // the kernel closes the files of a killed process a moment after it
		if err = m.server.Unmount(); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = syscall.Unmount(m.dir, syscall.MNT_DETACH) // leave nothing behind; the first error counts
	return fmt.Errorf("unmount: %w", err)
}

// folder is the disk's one directory.
type folder struct {
	fs.Inode
	disk *Disk
}

var (
	_ fs.NodeOnAdder  = (*folder)(nil)
	_ fs.NodeCreater  = (*folder)(nil)
	_ fs.NodeUnlinker = (*folder)(nil)
	_ fs.NodeRenamer  = (*folder)(nil)
	_ fs.NodeFsyncer  = (*folder)(nil)
)

// OnAdd shows what is on the disk.
func (n *folder) OnAdd(ctx context.Context) {
	for name, f := range n.disk.names {
		n.AddChild(name, n.child(ctx, f), false)
	}
}

func (n *folder) child(ctx context.Context, f *file) *fs.Inode {
	return n.NewPersistentInode(ctx, &leaf{disk: n.disk, file: f}, fs.StableAttr{Mode: syscall.S_IFREG})
}

// Create makes a file.
func (n *folder) Create(ctx context.Context, name string, _, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	f, errno := n.disk.create(name)
	if errno != 0 {
		return nil, nil, 0, errno
	}
	out.Mode = 0o600
	return n.child(ctx, f), nil, fuse.FOPEN_KEEP_CACHE, 0
}

// Unlink removes a name.
func (n *folder) Unlink(_ context.Context, name string) syscall.Errno {
	return n.disk.rename(rename{from: name})
}

// Rename gives a file another name, over what had it.
func (n *folder) Rename(_ context.Context, name string, _ fs.InodeEmbedder, to string, _ uint32) syscall.Errno {
	return n.disk.rename(rename{from: name, to: to})
}

// Fsync makes the names safe.
func (n *folder) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return n.disk.syncNames()
}

// leaf is a file as the kernel knows it.
type leaf struct {
	fs.Inode
	disk *Disk
	file *file
}

var (
	_ fs.NodeOpener    = (*leaf)(nil)
	_ fs.NodeReader    = (*leaf)(nil)
	_ fs.NodeWriter    = (*leaf)(nil)
	_ fs.NodeFsyncer   = (*leaf)(nil)
	_ fs.NodeGetattrer = (*leaf)(nil)
	_ fs.NodeSetattrer = (*leaf)(nil)
)

// Open opens the file.
func (n *leaf) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, 0
}

// Read reads from an offset.
func (n *leaf) Read(_ context.Context, _ fs.FileHandle, into []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	b, errno := n.disk.read(n.file, at, into)
	return fuse.ReadResultData(b), errno
}

// Write writes at an offset.
func (n *leaf) Write(_ context.Context, _ fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	if errno := n.disk.write(n.file, at, data); errno != 0 {
		return 0, errno
	}
	return uint32(len(data)), 0
}

// Fsync makes the content safe.
func (n *leaf) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return n.disk.sync(n.file)
}

// Getattr tells the file's size.
func (n *leaf) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.describe(&out.Attr)
	return 0
}

// Setattr changes the file's size; rights and times are taken note of by nobody.
func (n *leaf) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		if errno := n.disk.truncate(n.file, int64(size)); errno != 0 {
			return errno
		}
	}
	n.describe(&out.Attr)
	return 0
}

func (n *leaf) describe(a *fuse.Attr) {
	a.Mode, a.Size = 0o600, uint64(n.disk.size(n.file))
}
