package dev.forefront.serve;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.forefront.serve.Kept.Dialogue;
import dev.forefront.serve.Kept.Heading;
import dev.forefront.serve.Kept.Turn;
import dev.forefront.serve.ServerSettings.Most;
import dev.forefront.serve.ServerSettings.Room;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Conversations of the chat page in an SQLite file. Safe to use from any thread. */
final class Conversations implements AutoCloseable {
  private static final int CONNECTIONS = 4;

  /** What somebody may see and change: their own, and what nobody owns. */
  private static final String OPEN = "owner IN ('', :owner)";

  private static final String SIZE = "SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM conversation";

  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final Room room;
  private final Clock clock;
  // SQLite has one writer at a time; waiting here is fair and never fails.
  private final ReentrantLock writing = new ReentrantLock(true);

  /** What conversations take of the room. */
  private record Size(long conversations, long bytes) {}

  /** Whose room a conversation takes, and how much of it. */
  private record Place(String owner, long bytes) {}

  private Conversations(HikariDataSource pool, Room room, Clock clock) {
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
    this.room = room;
    this.clock = clock;
  }

  /** Opens the file or makes it, and brings its tables up to date. */
  static Conversations open(Path file, Room room) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SQLiteConfig sqlite = new SQLiteConfig();
    sqlite.setJournalMode(SQLiteConfig.JournalMode.WAL);
    sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    sqlite.setBusyTimeout(5_000);
    sqlite.enforceForeignKeys(true);
    SQLiteDataSource source = new SQLiteDataSource(sqlite);
    source.setUrl("jdbc:sqlite:" + file);
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setPoolName("conversations");
    config.setMaximumPoolSize(CONNECTIONS);
    HikariDataSource pool = new HikariDataSource(config);
    try {
      Flyway.configure()
          .dataSource(pool)
          .locations("classpath:dev/forefront/serve/storage")
          .load()
          .migrate();
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
    return new Conversations(pool, room, Clock.systemUTC());
  }

  /**
   * Newest first.
   *
   * @param owner who asks; empty for one who does not say, and sees what has no owner
   */
  List<Heading> list(String owner, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT id, title, created, updated FROM conversation WHERE "
                        + OPEN
                        + " ORDER BY updated DESC, created DESC, id LIMIT :limit")
                .bind("owner", owner)
                .bind("limit", limit)
                .map((row, context) -> heading(row))
                .list());
  }

  /**
   * @throws ApiException where the place is full
   */
  Heading create(String owner, String title) {
    Instant now = now();
    Heading heading = new Heading(Call.newId("conv_"), title, now, now);
    return written(
        () ->
            jdbi.inTransaction(
                handle -> {
                  requireRoom(handle, owner, 1, Kept.bytes(title));
                  handle
                      .createUpdate(
                          "INSERT INTO conversation (id, owner, title, created, updated, bytes)"
                              + " VALUES (:id, :owner, :title, :now, :now, :bytes)")
                      .bind("id", heading.id())
                      .bind("owner", owner)
                      .bind("title", title)
                      .bind("now", now.toEpochMilli())
                      .bind("bytes", Kept.bytes(title))
                      .execute();
                  return heading;
                }));
  }

  Optional<Dialogue> find(String owner, String id) {
    return jdbi.inTransaction(
        handle ->
            handle
                .createQuery(
                    "SELECT id, title, created, updated FROM conversation WHERE id = :id AND "
                        + OPEN)
                .bind("id", id)
                .bind("owner", owner)
                .map((row, context) -> heading(row))
                .findOne()
                .map(heading -> new Dialogue(heading, turns(handle, id))));
  }

  private static List<Turn> turns(Handle handle, String id) {
    return handle
        .createQuery(
            "SELECT role, content, status, notice FROM message"
                + " WHERE conversation = :id ORDER BY position")
        .bind("id", id)
        .map(
            (row, context) ->
                new Turn(
                    row.getString("role"),
                    row.getString("content"),
                    row.getString("status"),
                    row.getString("notice")))
        .list();
  }

  /**
   * Puts other messages in the place of those that are there, all or none.
   *
   * @return the conversation, or nothing where there is none of this id for this owner
   * @throws ApiException where the place is full
   */
  Optional<Heading> replace(String owner, String id, String title, List<Turn> turns) {
    long bytes = Kept.bytes(title) + turns.stream().mapToLong(Turn::bytes).sum();
    return written(
        () -> jdbi.inTransaction(handle -> replace(handle, owner, id, title, turns, bytes)));
  }

  private Optional<Heading> replace(
      Handle handle, String owner, String id, String title, List<Turn> turns, long bytes) {
    Optional<Place> place =
        handle
            .createQuery("SELECT owner, bytes FROM conversation WHERE id = :id AND " + OPEN)
            .bind("owner", owner)
            .bind("id", id)
            .map((row, context) -> new Place(row.getString("owner"), row.getLong("bytes")))
            .findOne();
    if (place.isEmpty()) {
      return Optional.empty();
    }
    requireRoom(handle, place.get().owner(), 0, bytes - place.get().bytes());
    handle
        .createUpdate(
            "UPDATE conversation SET title = :title, updated = :now, bytes = :bytes WHERE id = :id")
        .bind("title", title)
        .bind("now", now().toEpochMilli())
        .bind("bytes", bytes)
        .bind("id", id)
        .execute();
    handle.createUpdate("DELETE FROM message WHERE conversation = :id").bind("id", id).execute();
    PreparedBatch batch =
        handle.prepareBatch(
            "INSERT INTO message (conversation, position, role, content, status, notice)"
                + " VALUES (:id, :position, :role, :content, :status, :notice)");
    for (int i = 0; i < turns.size(); i++) {
      Turn turn = turns.get(i);
      batch
          .bind("id", id)
          .bind("position", i)
          .bind("role", turn.role())
          .bind("content", turn.content())
          .bind("status", turn.status())
          .bind("notice", turn.notice())
          .add();
    }
    if (!turns.isEmpty()) {
      batch.execute();
    }
    return Optional.of(
        handle
            .createQuery("SELECT id, title, created, updated FROM conversation WHERE id = :id")
            .bind("id", id)
            .map((row, context) -> heading(row))
            .one());
  }

  /** Whether there was one. */
  boolean delete(String owner, String id) {
    return written(
        () ->
            jdbi.inTransaction(
                handle ->
                    handle
                            .createUpdate("DELETE FROM conversation WHERE id = :id AND " + OPEN)
                            .bind("id", id)
                            .bind("owner", owner)
                            .execute()
                        > 0));
  }

  /**
   * Throws, and so takes back what the transaction did, where a limit is passed. What takes no more
   * room than before may be done also where there is less room than there was.
   */
  private void requireRoom(Handle handle, String owner, int more, long moreBytes) {
    require(
        size(handle.createQuery(SIZE + " WHERE owner = :owner").bind("owner", owner)),
        room.each(),
        more,
        moreBytes,
        owner.isEmpty() ? " that nobody owns" : " of this browser");
    require(size(handle.createQuery(SIZE)), room.all(), more, moreBytes, "");
  }

  private static void require(Size kept, Most most, int more, long moreBytes, String which) {
    if (more > 0 && kept.conversations() + more > most.conversations()) {
      throw ApiException.of(
          Problem.CONFLICT,
          "%,d conversations%s are kept already, and that is the most: delete one first"
              .formatted(kept.conversations(), which));
    }
    if (moreBytes > 0 && kept.bytes() + moreBytes > most.bytes()) {
      throw ApiException.of(
          Problem.CONFLICT,
          "the conversations%s have %,d bytes already and at most %,d are kept: delete some first"
              .formatted(which, kept.bytes(), most.bytes()));
    }
  }

  private static Size size(Query query) {
    return query.map((row, context) -> new Size(row.getLong(1), row.getLong(2))).one();
  }

  private <T> T written(Supplier<T> work) {
    writing.lock();
    try {
      return work.get();
    } finally {
      writing.unlock();
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  private static Heading heading(ResultSet row) throws SQLException {
    return new Heading(
        row.getString("id"),
        row.getString("title"),
        Instant.ofEpochMilli(row.getLong("created")),
        Instant.ofEpochMilli(row.getLong("updated")));
  }

  @Override
  public void close() {
    pool.close();
  }
}
