package dev.forefront.conversation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** A file that its owner alone may read, where the file system knows owners. */
public final class PrivateFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private PrivateFile() {}

  /**
   * @param what it is, for the message, such as {@code a private key}
   * @throws BadInputException where its mode allows more than reading and writing to its owner
   */
  public static void require(Path file, String what) {
    if (!hasModes(file)) {
      return;
    }
    try {
      Set<PosixFilePermission> wider = EnumSet.noneOf(PosixFilePermission.class);
      wider.addAll(Files.getPosixFilePermissions(file));
      wider.removeAll(OWNER_ONLY);
      if (!wider.isEmpty()) {
        throw new BadInputException(
            "%s is %s that others may read: chmod 600 %s".formatted(file, what, file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a new file must be made with to be one. */
  static FileAttribute<?>[] attributes(Path file) {
    return hasModes(file)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private static boolean hasModes(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
