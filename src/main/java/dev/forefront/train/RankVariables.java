package dev.forefront.train;

import dev.forefront.conversation.BadInputException;
import dev.forefront.tensor.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The environment variables by which torchrun, Kubernetes and SLURM tell a process its place; see
 * https://docs.pytorch.org/docs/stable/elastic/run.html#environment-variables.
 *
 * @param place in a group of at least two; empty for a process of its own
 * @param localRank which of the machine's ranks this is, from 0
 * @param localSize ranks on this machine
 */
record RankVariables(Optional<Place> place, int localRank, int localSize) {
  private static final String RANK = "RANK";
  private static final String WORLD_SIZE = "WORLD_SIZE";
  private static final String MASTER_ADDR = "MASTER_ADDR";
  private static final String MASTER_PORT = "MASTER_PORT";
  private static final String LOCAL_RANK = "LOCAL_RANK";
  private static final String LOCAL_WORLD_SIZE = "LOCAL_WORLD_SIZE";

  /** torchrun's agent runs the store itself unless told not to. */
  private static final String AGENT_STORE = "TORCHELASTIC_USE_AGENT_STORE";

  private static final String ATTEMPT = "TORCHELASTIC_RESTART_COUNT";

  /**
   * @throws BadInputException with all that is missing or no number
   */
  static RankVariables of(Map<String, String> environment) {
    Reader reader = new Reader(environment, new ArrayList<>());
    if (!environment.containsKey(RANK) && !environment.containsKey(WORLD_SIZE)) {
      return new RankVariables(Optional.empty(), 0, 1);
    }
    int size = reader.number(WORLD_SIZE, 1, Integer.MAX_VALUE);
    int rank = reader.number(RANK, 0, Math.max(size, 1) - 1);
    int localSize = reader.numberOr(LOCAL_WORLD_SIZE, 1, Math.max(size, 1), 1);
    int localRank = reader.numberOr(LOCAL_RANK, 0, localSize - 1, 0);
    int attempt = reader.numberOr(ATTEMPT, 0, Integer.MAX_VALUE, 0);
    if (size == 1 && reader.problems().isEmpty()) {
      return new RankVariables(Optional.empty(), 0, 1);
    }
    String address = reader.words(MASTER_ADDR);
    int port = reader.number(MASTER_PORT, 1, 0xffff);
    if (!reader.problems().isEmpty()) {
      throw new BadInputException(
          "the environment says that this is one of several ranks, but "
              + String.join("; ", reader.problems())
              + ". Start ranks with train --local-ranks, torchrun or deploy/, or unset RANK and"
              + " WORLD_SIZE");
    }
    Place.Host host =
        "True".equalsIgnoreCase(environment.get(AGENT_STORE))
            ? Place.Host.LAUNCHER
            : Place.Host.RANK_0;
    return new RankVariables(
        Optional.of(new Place(rank, size, address, port, host, attempt)), localRank, localSize);
  }

  /** A rank's share of the cores: together the ranks of a machine want no more than it has. */
  int threads(int cores) {
    return Math.max(1, cores / localSize);
  }

  private record Reader(Map<String, String> environment, List<String> problems) {

    String words(String name) {
      String value = environment.getOrDefault(name, "");
      if (value.isBlank()) {
        problems.add(name + " is not set");
      }
      return value;
    }

    int numberOr(String name, int least, int most, int otherwise) {
      return environment.containsKey(name) ? number(name, least, most) : otherwise;
    }

    int number(String name, int least, int most) {
      String value = words(name);
      if (value.isBlank()) {
        return least;
      }
      try {
        int number = Integer.parseInt(value.strip());
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below, as for a number out of range.
      }
      problems.add(
          most == Integer.MAX_VALUE
              ? "%s is '%s', not a number from %d".formatted(name, value, least)
              : "%s is '%s', not a number from %d to %d".formatted(name, value, least, most));
      return least;
    }
  }
}
